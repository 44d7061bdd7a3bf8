/**
 * Statements that are asked all the time: built and compiled once, then given only their values. For the rest, building
 * a query anew each time costs little beside its answer.
 */
import {
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type { Db } from './database.ts'
import type { Schema } from './schema.ts'

export type Statement<Values, Row> = {
  all(db: Db, values: Values): Promise<Row[]>
  first(db: Db, values: Values): Promise<Row | undefined>
}

/** Stands where a value will. */
class Value {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const builder: Db = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/**
 * `statement<{ id: string }>()((db, { id }) => db.selectFrom('people').selectAll().where('id', '=', id))`
 *
 * The query must be the same for all values: they are not known when it is built.
 */
export function statement<Values extends object>() {
  return <Row>(build: (db: Db, values: Values) => Compilable<Row>): Statement<Values, Row> => {
    let compiled: CompiledQuery<Row> | undefined
    function compile(): CompiledQuery<Row> {
      const values = new Proxy({}, { get: (_, name) => new Value(String(name)) })
      return build(builder, values as Values).compile()
    }
    async function all(db: Db, values: Values): Promise<Row[]> {
      compiled ??= compile()
      const parameters = compiled.parameters.map((parameter) =>
        parameter instanceof Value ? values[parameter.name as keyof Values] : parameter,
      )
      const { rows } = await db.executeQuery<Row>({ ...compiled, parameters })
      return rows
    }
    return { all, first: async (db, values) => (await all(db, values))[0] }
  }
}

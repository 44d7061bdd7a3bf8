import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import type { ProjectBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { projectKeys } from '../api/projects.ts'
import { keys } from '../api/queries.ts'
import { projectsTexts, projectTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

/** Name and description: of a new project, or of one that is there. */
export function ProjectDialog({ project, onClose }: { project?: ProjectBody; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState(project?.name ?? '')
  const [description, setDescription] = useState(project?.description ?? '')
  const [tried, setTried] = useState(false)
  const nameInput = useRef<HTMLInputElement>(null)
  const save = useMutation({
    mutationFn: (values: { name: string; description: string }) =>
      project ? hub.updateProject(project.id, values) : hub.createProject(values),
    onSuccess: async (saved) => {
      client.setQueryData(projectKeys.one(saved.id), saved)
      void client.invalidateQueries({ queryKey: keys.projects })
      onClose()
      if (!project) await navigate({ to: '/projects/$id', params: { id: saved.id } })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (name.trim() === '') return nameInput.current?.focus()
    if (!save.isPending) save.mutate({ name: name.trim(), description: description.trim() })
  }
  return (
    <Dialog open onClose={onClose} title={project ? projectTexts.edit : projectsTexts.createTitle}>
      <form onSubmit={submit} noValidate className="space-y-4">
        <FormField
          label={projectsTexts.name}
          error={tried && name.trim() === '' && projectsTexts.nameMissing}
        >
          {(control) => (
            <input
              {...control}
              ref={nameInput}
              data-first-field
              dir="auto"
              required
              maxLength={100}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
              className={inputClass}
            />
          )}
        </FormField>
        <FormField label={projectsTexts.description} help={projectsTexts.descriptionHelp}>
          {(control) => (
            <textarea
              {...control}
              dir="auto"
              rows={3}
              maxLength={1000}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
              className={inputClass}
            />
          )}
        </FormField>
        {save.error && <ProblemNotice error={save.error} />}
        <DialogActions>
          <Button onClick={onClose}>{projectsTexts.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {project ? projectsTexts.save : projectsTexts.createButton}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

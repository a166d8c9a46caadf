import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteUser, putUser, users, type Camera, type User } from '../api/client';
import { Answer } from './answer';
import { Fault } from './fault';
import { useCameras } from './use-cameras';

const ROLES = ['viewer', 'operator', 'admin'] as const;
type Role = (typeof ROLES)[number];

/** Who may sign in by name, what they may do, and which cameras they see. */
export function UsersPage(): ReactNode {
  const { t } = useTranslation();
  const answer = useQuery({ queryKey: ['users'], queryFn: users });
  const { list } = useCameras();
  return (
    <>
      <h1>{t('users')}</h1>
      <Answer of={answer}>
        {(people) => (
          <>
            {people.length === 0 && <p>{t('noUsers')}</p>}
            <ul className="grid">
              {people.map((user) => (
                <UserCard key={user.name} user={user} cameras={list} />
              ))}
            </ul>
            <UserForm cameras={list} />
          </>
        )}
      </Answer>
    </>
  );
}

function UserCard({ user, cameras: list }: { user: User; cameras: readonly Camera[] }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteUser(user.name),
    onSettled: () => client.invalidateQueries({ queryKey: ['users'] }),
  });
  const nameOf = (id: string): string => list.find((camera) => camera.id === id)?.name ?? id;
  return (
    <li className="card">
      <h2>{user.name}</h2>
      <p>{t(`role.${user.role}`)}</p>
      <p className="quiet">{user.cameras === '*' ? t('allCameras') : user.cameras.map(nameOf).join(', ')}</p>
      <Fault of={remove.error} />
      <p className="actions">
        <button
          type="button"
          disabled={remove.isPending}
          onClick={() => {
            if (confirm(t('deleteUserNow', { name: user.name }))) remove.mutate();
          }}
        >
          {t('deleteUser', { name: user.name })}
        </button>
      </p>
    </li>
  );
}

/** The same name again changes the user. */
function UserForm({ cameras: list }: { cameras: readonly Camera[] }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [seesAll, setSeesAll] = useState(false);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [title, help] = [useId(), useId()];
  const put = useMutation({
    mutationFn: putUser,
    onSuccess: () => {
      setName('');
      setPassword('');
      return client.invalidateQueries({ queryKey: ['users'] });
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    put.mutate({ name, password, role, cameras: seesAll || role === 'admin' ? '*' : [...seen] });
  };
  const toggle = (id: string, isSeen: boolean): void =>
    setSeen(new Set(isSeen ? [...seen, id] : [...seen].filter((other) => other !== id)));
  return (
    <form className="card form" aria-labelledby={title} onSubmit={submit}>
      <h2 id={title}>{t('putUser')}</h2>
      <p id={help} className="quiet">
        {t('putUserHelp')}
      </p>
      <label>
        {t('userName')}
        <input required value={name} autoComplete="off" onChange={({ target }) => setName(target.value)} />
      </label>
      <label>
        {t('password')}
        <input
          required
          type="password"
          minLength={8}
          value={password}
          autoComplete="new-password"
          aria-describedby={help}
          onChange={({ target }) => setPassword(target.value)}
        />
      </label>
      <label>
        {t('role')}
        <select
          value={role}
          onChange={({ target }) => setRole(ROLES.find((each) => each === target.value) ?? 'viewer')}
        >
          {ROLES.map((each) => (
            <option key={each} value={each}>
              {t(`role.${each}`)}
            </option>
          ))}
        </select>
      </label>
      {role !== 'admin' && (
        <fieldset className="checks">
          <legend>{t('seenCameras')}</legend>
          <label>
            <input type="checkbox" checked={seesAll} onChange={({ target }) => setSeesAll(target.checked)} />
            {t('allCameras')}
          </label>
          {list.map((camera) => (
            <label key={camera.id}>
              <input
                type="checkbox"
                checked={seesAll || seen.has(camera.id)}
                disabled={seesAll}
                onChange={({ target }) => toggle(camera.id, target.checked)}
              />
              {camera.name}
            </label>
          ))}
        </fieldset>
      )}
      <Fault of={put.error} />
      <p className="actions">
        <button type="submit" disabled={put.isPending}>
          {t('save')}
        </button>
      </p>
    </form>
  );
}

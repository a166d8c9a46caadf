/**
 * The conversation that opens a camera (RFC 2326, 10): OPTIONS, DESCRIBE, SETUP of each wanted media, PLAY; redirects
 * and credentials on the way. Then the session is kept alive until it ends.
 */
import { Authorization, bestChallenge, parseChallenges, type Challenge } from './authorization';
import { cameraAddress, isSameCamera, type CameraAddress } from './camera-address';
import { Connection, type ConnectionOptions } from './connection';
import { baseUrl, controlUrl } from './control-url';
import { header, type Fields, type RtspResponse } from './message';
import { RtspFault } from './rtsp-fault';
import { parseSessionDescription, type SessionDescription } from './session-description';
import { parseSession, parseTransport, type TransportAnswer } from './transport';

export interface SessionOptions extends ConnectionOptions {
  userAgent?: string;
}

/** How a media is asked for, and where its packets come then. */
export interface MediaRequest {
  /** As it stands in the SDP. */
  control: string | undefined;
  transport: string;
}

const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 305, 307, 308]);
/** A camera that ends a session after 1 s wants to hear from us twice in it; more often than that helps nobody. */
const LEAST_KEEP_ALIVE_MS = 400;
const MOST_KEEP_ALIVE_MS = 30_000;

export class Session {
  private authorization: Authorization | undefined;
  private methods: ReadonlySet<string> = new Set();
  private id: string | undefined;
  private timeoutMs = 60_000;
  private base: string;
  private description: SessionDescription = { medias: [] };
  private keepAlive: NodeJS.Timeout | undefined;

  private constructor(
    readonly connection: Connection,
    private readonly address: CameraAddress,
    /** Undefined: none, or they were meant for another camera that sent us here. */
    private readonly credentials: CameraAddress['credentials'],
    private readonly options: SessionOptions,
  ) {
    this.base = address.url;
    void connection.closed.then(() => clearInterval(this.keepAlive));
  }

  /** Connects and asks what the camera sends; goes where it redirects. Throws RtspFault. */
  static async describe(url: string, options: SessionOptions): Promise<Session> {
    const first = cameraAddress(url);
    let address = first;
    for (let redirects = 0; ; redirects++) {
      const credentials = address.credentials ?? (isSameCamera(first, address) ? first.credentials : undefined);
      const connection = await Connection.open(address, options);
      const session = new Session(connection, address, credentials, options);
      const next = await session.ask().catch((fault: unknown) => session.abandon(fault));
      if (next === undefined) return session;
      connection.end(new RtspFault('closed', 'we go where the camera redirects us'));
      if (redirects === MOST_REDIRECTS)
        throw new RtspFault('refused', `wanted at most ${MOST_REDIRECTS} redirects, got one more`);
      address = redirected(next, address);
    }
  }

  get medias(): SessionDescription['medias'] {
    return this.description.medias;
  }

  /** The URL to go to, where the camera redirects. */
  private async ask(): Promise<string | undefined> {
    const options = await this.send('OPTIONS', this.address.url);
    if (REDIRECTS.has(options.status)) return location(options);
    // A camera may not know OPTIONS: then it is asked with what all know.
    this.methods = new Set((header(options, 'public') ?? '').split(',').map((method) => method.trim().toUpperCase()));
    const described = await this.send('DESCRIBE', this.address.url, { Accept: 'application/sdp' });
    if (REDIRECTS.has(described.status)) return location(described);
    this.expectOk('DESCRIBE', described);
    this.base = baseUrl(this.address.url, header(described, 'content-base'), header(described, 'content-location'));
    this.description = parseSessionDescription(described.body.toString('utf8'));
    if (this.description.medias.length === 0)
      throw new RtspFault('invalid', `wanted a description with a media, got ${described.body.length} bytes without`);
    return undefined;
  }

  /** SETUP of one media. Throws RtspFault. */
  async setUp({ control, transport }: MediaRequest): Promise<TransportAnswer> {
    const url = controlUrl(controlUrl(this.base, absoluteOnly(this.description.control)), control);
    const answer = await this.send('SETUP', url, { Transport: transport });
    this.expectOk('SETUP', answer);
    const session = parseSession(header(answer, 'session') ?? '');
    if (session) ({ id: this.id, timeoutMs: this.timeoutMs } = session);
    return parseTransport(header(answer, 'transport') ?? '');
  }

  /** The camera begins to send. It is kept alive from now on, until `end`. */
  async play(): Promise<void> {
    const url = controlUrl(this.base, this.description.control);
    const answer = await this.send('PLAY', url, { Range: 'npt=0.000-' });
    this.expectOk('PLAY', answer);
    // What came right behind the answer may have ended it.
    if (this.connection.isEnded) return;
    const everyMs = Math.min(MOST_KEEP_ALIVE_MS, Math.max(LEAST_KEEP_ALIVE_MS, this.timeoutMs / 2));
    this.keepAlive = setInterval(() => void this.stayAlive(url), everyMs);
  }

  /** Says goodbye, where the camera still listens, and closes the connection. */
  async end(withinMs = 500): Promise<void> {
    clearInterval(this.keepAlive);
    const goodbye =
      this.id === undefined
        ? undefined
        : this.send('TEARDOWN', controlUrl(this.base, this.description.control), {}, withinMs);
    // It ends in any case: what it answers changes nothing.
    await goodbye?.catch(() => undefined);
    this.connection.end(new RtspFault('closed', 'we ended the session'));
  }

  /** A camera that answers nothing, or refuses, hears from us all the same: packets say whether it lives. */
  private async stayAlive(url: string): Promise<void> {
    const method = this.methods.has('GET_PARAMETER') ? 'GET_PARAMETER' : 'OPTIONS';
    const answer = await this.send(method, url).catch(() => undefined);
    if (answer && answer.status >= 400 && answer.status !== 401)
      this.methods = new Set([...this.methods].filter((each) => each !== 'GET_PARAMETER'));
  }

  /** Sends a request; answers a challenge once, and a stale nonce once more. */
  private async send(method: string, url: string, fields: Fields = {}, timeoutMs?: number): Promise<RtspResponse> {
    for (let challenged = 0; ; challenged++) {
      const answer = await this.connection.request(
        method,
        url,
        {
          ...fields,
          Authorization: this.authorization?.headerFor(method, url),
          Session: this.id,
          'User-Agent': this.options.userAgent ?? 'video-recorder',
        },
        timeoutMs,
      );
      if (answer.status !== 401) return answer;
      this.takeChallenge(answer, challenged);
    }
  }

  private takeChallenge(answer: RtspResponse, challenged: number): void {
    const challenge = bestChallenge(parseChallenges(answer.headers.get('www-authenticate') ?? []));
    if (!challenge)
      throw new RtspFault('unauthorized', 'wanted a challenge that we can answer (Basic or Digest), got none', 401);
    if (!this.credentials)
      throw new RtspFault('unauthorized', 'the camera wants a user and a password, its URL has none', 401);
    if (challenged > 0 && !(isStale(challenge) && challenged === 1))
      throw new RtspFault('unauthorized', 'the camera does not take the user and password of its URL', 401);
    this.authorization = new Authorization(challenge, this.credentials);
  }

  private expectOk(method: string, { status, reason }: RtspResponse): void {
    if (status >= 200 && status < 300) return;
    const text = `the camera refuses ${method}: ${status}${reason === '' ? '' : ` ${reason.slice(0, 80)}`}`;
    throw new RtspFault('refused', text, status);
  }

  private abandon(fault: unknown): never {
    this.connection.end(fault instanceof RtspFault ? fault : new RtspFault('closed', 'the session could not begin'));
    throw fault;
  }
}

const isStale = (challenge: Challenge): boolean => challenge.scheme === 'digest' && challenge.stale;

const absoluteOnly = (control: string | undefined): string | undefined =>
  control !== undefined && /^rtsps?:/i.test(control) ? control : undefined;

function location(answer: RtspResponse): string {
  const to = header(answer, 'location');
  if (to === undefined)
    throw new RtspFault('invalid', `wanted a Location with ${answer.status}, got none`, answer.status);
  return to;
}

function redirected(to: string, from: CameraAddress): CameraAddress {
  const next = cameraAddress(to);
  if (from.tls && !next.tls) throw new RtspFault('refused', 'wanted a redirect that stays with rtsps, got rtsp');
  return next;
}

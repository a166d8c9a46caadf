/** Paints the timeline. Where things stand is said by layout.ts. */
import { LANE_PIXELS, RULER_PIXELS, type LaidLane, type Stripe } from './layout';

export interface Picture {
  widthPixels: number;
  heightPixels: number;
  ticks: { x: number; label: string; isDay: boolean }[];
  lanes: readonly LaidLane[];
  selection?: Stripe;
  playheadX: number;
}

/** From the style sheet, so that light and dark are written once. */
export interface Colours {
  ground: string;
  line: string;
  text: string;
  quiet: string;
  accent: string;
  footage: string;
  gap: string;
  protection: string;
}

const EVENT_COLOURS: Record<string, string> = {
  person: '#d1495b',
  vehicle: '#8a5cf6',
  car: '#8a5cf6',
  animal: '#c77d0a',
  motion: '#1a936f',
};
const OTHER_EVENT = '#64748b';
const HATCH_PIXELS = 7;
const EVENT_PIXELS = 5;

function eventColour(type: string): string {
  return EVENT_COLOURS[type] ?? OTHER_EVENT;
}

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ...{ ground: of('card'), line: of('line'), text: of('text'), quiet: of('quiet'), accent: of('accent') },
    ...{ footage: of('footage'), gap: of('bad'), protection: of('good') },
  };
}

export function draw(context: CanvasRenderingContext2D, picture: Picture, colours: Colours): void {
  const { widthPixels, heightPixels } = picture;
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, widthPixels, heightPixels);
  drawRuler(context, picture, colours);
  for (const lane of picture.lanes) drawLane(context, lane, colours);
  const { selection } = picture;
  if (selection !== undefined) {
    context.fillStyle = colours.accent;
    context.globalAlpha = 0.25;
    context.fillRect(selection.x, 0, selection.width, heightPixels);
    context.globalAlpha = 1;
  }
  context.fillStyle = colours.accent;
  context.fillRect(picture.playheadX - 1, 0, 2, heightPixels);
}

function drawRuler(context: CanvasRenderingContext2D, { ticks, heightPixels }: Picture, colours: Colours): void {
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (const { x, label, isDay } of ticks) {
    context.fillStyle = isDay ? colours.quiet : colours.line;
    context.fillRect(Math.round(x), 0, 1, heightPixels);
    context.fillStyle = isDay ? colours.text : colours.quiet;
    context.fillText(label, x + 4, RULER_PIXELS / 2);
  }
}

function drawLane(context: CanvasRenderingContext2D, lane: LaidLane, colours: Colours): void {
  const top = lane.top + 18;
  const height = LANE_PIXELS - 24;
  context.fillStyle = colours.footage;
  for (const { x, width } of lane.footage) context.fillRect(x, top, width, height);
  for (const gap of lane.gaps) hatch(context, gap, top, height, colours.gap);
  context.fillStyle = colours.protection;
  for (const { x, width } of lane.protections) context.fillRect(x, top + height + 1, width, 3);
  for (const { x, type } of lane.events) {
    context.fillStyle = eventColour(type);
    context.beginPath();
    context.arc(x, top + height / 2, EVENT_PIXELS, 0, 2 * Math.PI);
    context.fill();
  }
  context.fillStyle = colours.text;
  context.fillText(lane.name, 6, lane.top + 9);
}

function hatch(
  context: CanvasRenderingContext2D,
  { x, width }: Stripe,
  top: number,
  height: number,
  colour: string,
): void {
  context.save();
  context.beginPath();
  context.rect(x, top, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let at = x - height; at < x + width; at += HATCH_PIXELS) {
    context.moveTo(at, top + height);
    context.lineTo(at + height, top);
  }
  context.stroke();
  context.restore();
}

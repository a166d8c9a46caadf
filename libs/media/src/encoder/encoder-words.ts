// Reads from ffmpeg's words whether an encoder failed, and says why in one sentence. The words are those of ffmpeg 4.4
// to 8.0.
import type { Encoder } from '@vr/contracts';

const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/Unknown encoder '/, 'this ffmpeg was built without it'],
  [/Unrecognized option 'vaapi_device'/, 'this ffmpeg was built without VAAPI'],
  [
    /OpenEncodeSessionEx failed: out of memory/,
    'all encoder sessions of this card are in use, or its memory is (OpenEncodeSessionEx: out of memory)',
  ],
  [/incompatible client key/, 'the driver gives no more encoder sessions on this card (incompatible client key)'],
  [
    /Cannot load (libcuda|libnvidia-encode)\S*/,
    "this machine has no NVENC: NVIDIA's encoder library is not here, or the container does not show it",
  ],
  [/Failed to load libnvmpi\S*/, 'libnvmpi is not installed'],
  [
    /Driver does not support the required nvenc API|minimum required Nvidia driver/,
    'the NVIDIA driver is older than this ffmpeg wants',
  ],
  [/No (?:NVENC )?capable devices found/, 'this machine has no NVENC: no GPU here can encode'],
  [
    /NvVideoEncodeCreate failed|Failed to create Video encoder|nvhost-msenc/,
    "this machine has no video encoder that Jetson's libraries could open",
  ],
  [/Could not find a valid device|can't configure encoder/, 'no V4L2 device (/dev/video*) encodes H.264 here'],
  [
    /No VA display found|Failed to initialise VAAPI|Device creation failed/,
    'there is no VAAPI device at /dev/dri/renderD128',
  ],
  [/No usable encoding (?:profile|entrypoint)/, 'this GPU or its driver does not encode H.264'],
  [/(?:h264_\w+|VAAPI|AVHWDevice).*(?:Device or resource busy|resource allocation failed)/, 'its device is busy'],
  [
    /Undefined constant or missing|Unable to parse option value|Error setting option/,
    'this ffmpeg does not know one of the options that it is given',
  ],
];

/**
 * A failure without a known cause. Three things look like one and are none. Sound has an encoder of its own (#0:1,
 * aost). "Could not open encoder before EOF" means that the camera sent nothing. "[h264_v4l2m2m] Failed to set gop
 * size" is a warning that stays among the last words of a healthy run.
 */
const FAILED: readonly RegExp[] = [
  /output stream #?0:0 -- Error while opening encoder/,
  /vost#0:0.*(?:Error while opening encoder|Error encoding)/,
  /Error submitting video frame to the encoder|Video encoding failed/,
  /Error reinitializing filters|Impossible to convert between the formats/,
];

/** Whether ffmpeg's last words blame the encoder of the picture. */
export function blamesEncoder(lastWords: string): boolean {
  return [...FAILED, ...SIGNS.map(([sign]) => sign)].some((sign) => sign.test(lastWords));
}

/**
 * Why an encoder did not work, in one sentence that begins with its name. `machine`: the board's name, where known.
 */
export function explainRefusal(encoder: Encoder, words: string, machine = ''): string {
  const why = SIGNS.find(([sign]) => sign.test(words))?.[1] ?? crash(words) ?? lastComplaint(words);
  return `${encoder}: ${why}${boardNote(encoder, machine)}`;
}

/** Orin NX and AGX have NVENC. Only the Nano has none. */
function boardNote(encoder: Encoder, machine: string): string {
  const onNvidia = encoder === 'h264_nvenc' || encoder === 'h264_nvmpi' || encoder === 'h264_v4l2m2m';
  return onNvidia && /Orin Nano/i.test(machine)
    ? ` (the Jetson Orin Nano has no NVENC: use copy, or libx264 on its CPU)`
    : '';
}

function crash(words: string): string | undefined {
  const signal = /ffmpeg failed \((SIG[A-Z]+)\)/.exec(words)?.[1];
  return signal === undefined ? undefined : `ffmpeg crashed in it (${signal})`;
}

/** The first line that is about the encoder, else the last one. */
function lastComplaint(words: string): string {
  const lines = words
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line =
    lines.find((each) => each.startsWith('[h264_') || each.startsWith('[libx264')) ?? lines.at(-1) ?? 'it said nothing';
  return line
    .replace(/^ffmpeg failed \([^)]*\): /, '')
    .replace(/ @ 0x[0-9a-f]+/g, '')
    .slice(0, 300);
}

/** Plays a pattern over and over with WebAudio. Browsers allow it after somebody has pressed something. */
import type { Priority } from "@/live/alarms";
import { PATTERNS } from "./patterns";

const VOLUME = 0.4;
const EDGE_S = 0.015;

export class Player {
  private context: AudioContext | null = null;
  private playing: Priority | null = null;
  private timer = 0;

  /** Whether anything can be heard. */
  get ready(): boolean {
    return this.context?.state === "running";
  }

  /** To be called from a press. */
  async allow(): Promise<boolean> {
    this.context ??= new AudioContext();
    await this.context.resume();
    return this.ready;
  }

  /** Play this from now on; null: be silent. */
  play(priority: Priority | null): void {
    if (priority === this.playing) return;
    window.clearInterval(this.timer);
    this.playing = priority;
    if (priority === null) return;
    this.once(priority);
    this.timer = window.setInterval(() => {
      this.once(priority);
    }, PATTERNS[priority].every * 1000);
  }

  private once(priority: Priority): void {
    const context = this.context;
    if (context?.state !== "running") return;
    for (const { hz, at, lasts } of PATTERNS[priority].pulses) pulse(context, hz, context.currentTime + at, lasts);
  }
}

/** A tone whose edges do not click. */
function pulse(context: AudioContext, hz: number, at: number, lasts: number): void {
  const tone = new OscillatorNode(context, { type: "triangle", frequency: hz });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(VOLUME, at + EDGE_S);
  volume.gain.setValueAtTime(VOLUME, at + lasts - EDGE_S);
  volume.gain.linearRampToValueAtTime(0, at + lasts);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + lasts);
}

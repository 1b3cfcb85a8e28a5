/** Sends a file and tells how far it is: `fetch` cannot. */
import { refusalOf } from "./ask";
import type { Answer } from "./ask";

const TIMEOUT_MS = 120_000;

/** `told`: from 0 to 1. */
export function upload<Body>(
  method: "POST" | "PUT",
  path: string,
  file: Blob,
  told: (share: number) => void,
): Promise<Answer<Body>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, `/api/v1${path}`);
    request.timeout = TIMEOUT_MS;
    request.upload.onprogress = ({ loaded, total }) => {
      told(total > 0 ? loaded / total : 0);
    };
    request.onload = () => {
      const answer = new Response(request.responseText, { status: request.status });
      if (answer.ok) resolve({ kind: "done", body: JSON.parse(request.responseText) as Body });
      else void refusalOf(answer).then(resolve);
    };
    request.onerror = request.ontimeout = () => {
      resolve({ kind: "unreachable" });
    };
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.send(file);
  });
}

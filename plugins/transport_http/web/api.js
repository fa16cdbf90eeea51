// The control API over HTTP. The session is a cookie that no script can read.
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

let sessionEnded = () => {};
// `act` is called when a request finds that nobody is signed in any more.
export function onSessionEnd(act) {
  sessionEnded = act;
}

// Read for each request: another tab may have signed in meanwhile.
const csrfToken = () => /(?:^|; )zoetrope_csrf=([0-9a-f]+)/.exec(document.cookie)?.[1] ?? "";

async function post(method, params, query = "", keepalive = false) {
  let response;
  try {
    response = await fetch(`/api/${method}${query}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken() },
      body: JSON.stringify(params),
      credentials: "same-origin",
      keepalive,
    });
  } catch {
    throw new ApiError(0, "unavailable", "The server does not answer. Is it running, and are you connected?");
  }
  return response;
}
function fail(method, response, answer) {
  const error = answer.error ?? {};
  if (response.status === 401 && !method.startsWith("auth.")) sessionEnded();
  throw new ApiError(response.status, error.code ?? "internal", error.message ?? `The server said ${response.status}.`);
}

export async function call(method, params = {}, query = "", keepalive = false) {
  const response = await post(method, params, query, keepalive);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || answer.error) fail(method, response, answer);
  return answer.result;
}

// What a request answers with as a file of its own, kept by the browser under `name`.
export async function download(method, params, name) {
  const response = await post(method, params);
  if (!response.ok) fail(method, response, await response.json().catch(() => ({})));
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export const signIn = (method, params) => call(method, { ...params, client: "web" }, "?cookie=1");

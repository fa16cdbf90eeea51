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

export async function call(method, params = {}, query = "", keepalive = false) {
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
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || answer.error) {
    const error = answer.error ?? {};
    if (response.status === 401 && !method.startsWith("auth.")) sessionEnded();
    throw new ApiError(response.status, error.code ?? "internal", error.message ?? `The server said ${response.status}.`);
  }
  return answer.result;
}

export const signIn = (method, params) => call(method, { ...params, client: "web" }, "?cookie=1");

// The only module that asks the laboratory's API.

export class Refused extends Error {}

async function call(method, path, body) {
  const response = await fetch(`/sandbox${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Refused(answer?.error?.message ?? `HTTP ${response.status}`);
  return answer;
}

export const api = {
  apps: () => call("GET", "/apps"),
  accounts: () => call("GET", "/accounts"),
  changeAccount: (id, wish) => call("PATCH", `/accounts/${id}`, wish),
  customers: () => call("GET", "/customers"),
  welcome: (wish) => call("POST", "/customers", wish),
  chat: (customer, account) => call("GET", `/customers/${customer}/chat?account=${account}`),
  write: (customer, wish) => call("POST", `/customers/${customer}/messages`, wish),
  act: (customer, wish) => call("POST", `/customers/${customer}/actions`, wish),
  faults: () => call("GET", "/faults"),
  setFaults: (wish) => call("PUT", "/faults", wish),
  calmDown: () => call("DELETE", "/faults"),
  wire: () => call("GET", "/wire?limit=60"),
  exchange: (n) => call("GET", `/wire/${n}`),
  scripts: () => call("GET", "/scripts"),
  changeScripts: (wish) => call("PUT", "/scripts", wish),
};

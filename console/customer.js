// What the customers' pages share: language, texts, calls of the API, forms, files. No framework, no build step.
// Text from the service is only ever inserted as text. The token of a link stands behind the `#` and goes nowhere else.

const LANGUAGES = { "zh-CN": "简体中文", "zh-TW": "繁體中文", en: "English" };
const TRADITIONAL = /^zh-(tw|hk|mo|hant)/i;
const TIMEOUT_MS = 20000;
const PAUSES_MS = [800, 2500];

export let language = "zh-CN";
let texts = {};

/** The text of a key, with its {parameters} filled in. */
export function t(key, parameters = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(parameters[name] ?? whole));
}

/** An element with properties and children; strings become text, never markup. */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element && typeof value !== "string") element[key] = value;
    else if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const find = (selector) => document.querySelector(selector);

/** What stands behind the `#` of the address. */
export const token = () => location.hash.slice(1);

/** A moment in the reader's own time zone and language. */
export function moment(text, { zone = false } = {}) {
  const format = { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const shown = new Intl.DateTimeFormat(language, format).format(new Date(text));
  const parts = new Intl.DateTimeFormat(language, { timeZoneName: "shortOffset" }).formatToParts(new Date(text));
  const name = parts.find((part) => part.type === "timeZoneName")?.value;
  return el("time", { datetime: text }, zone && name ? `${shown} (${name})` : shown);
}

/** Start a page: pick the language, load its texts, fill them in, then run `draw`; again when the language changes. */
export async function start(draw) {
  language = preferred();
  await speak();
  const chooser = find("#language");
  for (const [tag, name] of Object.entries(LANGUAGES)) {
    chooser.append(el("option", { value: tag, lang: tag, selected: tag === language }, name));
  }
  chooser.addEventListener("change", async () => {
    language = chooser.value;
    remember("language", language);
    await speak();
    await draw();
  });
  const offline = find("#offline");
  const tell = () => (offline.hidden = navigator.onLine);
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
  addEventListener("hashchange", draw);
  await draw();
}

function preferred() {
  const stored = recall("language");
  if (stored in LANGUAGES) return stored;
  for (const tag of navigator.languages ?? []) {
    if (TRADITIONAL.test(tag)) return "zh-TW";
    if (/^zh/i.test(tag)) return "zh-CN";
    if (/^en/i.test(tag)) return "en";
  }
  return "zh-CN";
}

async function speak() {
  const answer = await fetch(`texts/${language}.json`);
  texts = await answer.json();
  document.documentElement.lang = language;
  document.title = `${t(document.body.dataset.title)} · ${t("brand")}`;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
}

/** A refusal of the service, or the network's. `kind`: invalid, expired, refused, offline, failed. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.title ?? "");
    this.status = status;
    this.problem = problem;
    this.kind = { 404: "invalid", 410: "expired" }[status] ?? (status ? (status < 500 ? "refused" : "failed") : "offline");
  }

  /** What to tell the reader. */
  get words() {
    if (this.kind === "offline") return t("error.offline");
    if (this.kind === "failed") return t("error.failed");
    return this.problem.title || t("error.failed");
  }
}

/** Read from the API. Throws Refusal. */
export const get = (path) => call("GET", path);

/**
 * Write to the API. The idempotency key belongs to exactly this request: it is kept, over a reload too, until the service
 * has answered, so that a retry after a lost answer does nothing twice. `apart` tells requests apart that say the same.
 * Throws Refusal.
 */
export async function post(path, body = {}, apart = "") {
  const place = `post:${hashed(path + JSON.stringify(body) + apart)}`;
  const key = recall(place, sessionStorage) ?? unique();
  remember(place, key, sessionStorage);
  try {
    const answer = await call("POST", path, body, key);
    forget(place);
    return answer;
  } catch (error) {
    if (error.kind !== "offline" && error.kind !== "failed" && error.status !== 429) forget(place);
    throw error;
  }
}

/** A call that solves a challenge by itself where the service asks for one. */
async function call(method, path, body, key) {
  try {
    return await callOnce(method, path, body, key);
  } catch (error) {
    if (!error.problem?.challenge) throw error;
    const { solved } = await import("./work.js");
    const { challenge, bits } = error.problem;
    return callOnce(method, path, body, key, `${challenge}:${await solved(challenge, bits)}`);
  }
}

async function callOnce(method, path, body, key, work) {
  const headers = { Accept: "application/json", "Accept-Language": language };
  if (body) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  if (work) headers["Tingjian-Work"] = work;
  for (let attempt = 0; ; attempt += 1) {
    let refusal;
    try {
      const answer = await fetch(path, {
        method,
        headers,
        body: body && JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const data = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
      if (answer.ok) return data;
      refusal = new Refusal(answer.status, data);
    } catch {
      refusal = new Refusal(0, {});
    }
    const final = refusal.kind !== "failed" && refusal.kind !== "offline";
    if (final || attempt >= PAUSES_MS.length || !navigator.onLine) throw refusal;
    await new Promise((wake) => setTimeout(wake, PAUSES_MS[attempt]));
  }
}

/** Show one of the page's parts (`data-part`), or some of them, and hide the others. */
export function show(...names) {
  for (const part of document.querySelectorAll("[data-part]")) part.hidden = !names.includes(part.dataset.part);
}

/** Show why a page has nothing to show, with a way on. */
export function showRefusal(error, again) {
  const kind = error instanceof Refusal ? error.kind : "failed";
  const name = kind === "refused" ? "failed" : kind;
  const retry = name === "offline" || name === "failed";
  const title = el("h1", { tabindex: "-1" }, t(`${name}.title`));
  const buttons = retry
    ? [action(t("retry"), again)]
    : [el("a", { class: "button plain", href: "find.html" }, t("find.title"))];
  find("[data-part=refusal]").replaceChildren(
    title,
    el("p", {}, t(`${name}.text`)),
    el("div", { class: "buttons" }, ...buttons),
  );
  show("refusal");
  title.focus();
}

/** A button that does one thing. */
export function action(label, does, kind = "") {
  const button = el("button", { type: "button", class: kind }, label);
  button.addEventListener("click", () => once(button, does));
  return button;
}

/** Run `work` unless it runs already: a second click does nothing. */
export async function once(element, work) {
  if (element.dataset.busy) return;
  element.dataset.busy = "yes";
  const buttons = element.matches("button") ? [element] : [...element.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  element.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    delete element.dataset.busy;
    element.removeAttribute("aria-busy");
    for (const button of buttons) button.disabled = false;
  }
}

/** Handle a form: check it, run `work` once, show what the service refuses beside the fields it names. */
export function onSubmit(form, work) {
  form.noValidate = true;
  for (const button of form.querySelectorAll("[type=submit]")) button.disabled = false; // Before this script it did nothing.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(form, async () => {
      clearErrors(form);
      const missing = [...form.elements].filter((field) => field.willValidate && !field.validity.valid);
      if (missing.length) {
        for (const field of missing) complain(field, field.validity.valueMissing ? t("required") : field.validationMessage);
        summarise(form, t("check"));
        return;
      }
      try {
        await work();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        for (const wrong of error.problem.errors ?? []) {
          const field = form.querySelector(`[data-field="${CSS.escape(wrong.field)}"]`);
          if (field) complain(field, wrong.message);
        }
        const rest = (error.problem.errors ?? []).filter(
          (wrong) => !form.querySelector(`[data-field="${CSS.escape(wrong.field)}"]`),
        );
        summarise(form, error.words, rest);
      }
    });
  });
}

/** Take all complaints off a form. */
export function clearErrors(form) {
  for (const note of form.querySelectorAll(".wrong.of-field, .banner.bad")) note.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

function complain(field, words) {
  const group = field.closest(".field") ?? field.parentElement;
  if (!group.querySelector(".wrong.of-field")) {
    group.append(el("p", { class: "wrong of-field", id: `wrong-${field.id || field.name}` }, words));
  }
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `wrong-${field.id || field.name}`);
}

function summarise(form, words, rest = []) {
  const list = rest.map((wrong) => el("li", {}, wrong.message));
  form.prepend(
    el("div", { class: "banner bad", role: "alert", tabindex: "-1" }, words, list.length ? el("ul", {}, ...list) : null),
  );
  (form.querySelector("[aria-invalid]") ?? form.querySelector(".banner.bad")).focus();
}

/** Put a word of success where screen readers hear it and eyes see it. */
export function announce(words, kind = "good") {
  const place = find("#notice");
  place.replaceChildren(el("div", { class: `banner ${kind}`, tabindex: "-1" }, words));
  place.firstChild.focus();
  place.firstChild.scrollIntoView({ block: "nearest" });
}

// Small storage that may be forbidden by the browser: then things last as long as the page.

const memory = new Map();

function recall(name, storage = localStorageOrNone()) {
  try {
    return storage.getItem(name) ?? memory.get(name);
  } catch {
    return memory.get(name);
  }
}

function remember(name, value, storage = localStorageOrNone()) {
  memory.set(name, value);
  try {
    storage.setItem(name, value);
  } catch {
    // Private windows may refuse; memory has it.
  }
}

function forget(name) {
  memory.delete(name);
  try {
    sessionStorage.removeItem(name);
  } catch {
    // Nothing was stored then.
  }
}

function localStorageOrNone() {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
}

/** A random key; `randomUUID` exists on safe origins only. */
export function unique() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function hashed(text) {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (const character of text) {
    const code = character.codePointAt(0);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}

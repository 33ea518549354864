// File a request.

import { Refusal, action, el, find, get, onSubmit, post, show, showRefusal, start, t } from "./customer.js";
import { Files } from "./files.js";

const INPUTS = { number: "number", date: "date", instant: "datetime-local" };
let types = [];
let files;

async function draw() {
  if (!find("[data-part=done]").hidden) return;
  try {
    types = (await get("/v1/public/ticket-types")).items;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    showRefusal(error, draw);
    return;
  }
  const chosen = find("#type").value;
  find("#type").replaceChildren(
    el("option", { value: "" }, t("ask.choose")),
    ...types.map((type) => el("option", { value: type.key, selected: type.key === chosen }, type.label)),
  );
  drawFields();
  if (!files?.busy && !files?.ids.length) files = new Files(find("#attachments"));
  show("form");
}

function drawFields() {
  const type = types.find((entry) => entry.key === find("#type").value);
  find("#fields").replaceChildren(...(type?.fields ?? []).map((field) => drawField(field)));
}

function drawField(field) {
  const id = `field-${field.key}`;
  const shared = { id, "data-field": `fields.${field.key}`, required: field.required };
  let input;
  if (field.kind === "choice") {
    const options = [el("option", { value: "" }, t("ask.choose")), ...field.choices.map((choice) => el("option", { value: choice }, choice))];
    input = el("select", shared, ...options);
  } else if (field.kind === "boolean") {
    input = el("select", shared, el("option", { value: "" }, t("ask.choose")), el("option", { value: "true" }, t("yes")), el("option", { value: "false" }, t("no")));
  } else if (field.kind === "text") {
    input = el("textarea", { ...shared, maxlength: "2000" });
  } else {
    input = el("input", { ...shared, type: INPUTS[field.kind] ?? "text", maxlength: "200" });
  }
  return el("div", { class: "field" }, el("label", { for: id }, field.label), input);
}

function fieldValues() {
  const type = types.find((entry) => entry.key === find("#type").value);
  const values = {};
  for (const field of type?.fields ?? []) {
    const given = find(`#field-${CSS.escape(field.key)}`).value.trim();
    if (!given) continue;
    if (field.kind === "boolean") values[field.key] = given === "true";
    else if (field.kind === "number") values[field.key] = Number(given);
    else if (field.kind === "instant") values[field.key] = new Date(given).toISOString();
    else values[field.key] = given;
  }
  return values;
}

find("#type").addEventListener("change", drawFields);

onSubmit(find("#ask"), async () => {
  if (files.busy || files.failed) throw new Refusal(422, { title: t(files.busy ? "files.wait" : "files.mend") });
  const given = (selector) => find(selector).value.trim() || undefined;
  const asked = await post("/v1/public/tickets", {
    type: find("#type").value,
    subject: given("#subject"),
    text: given("#text"),
    contact: { name: given("#name"), phone: given("#phone"), email: given("#email") },
    order_number: given("#order"),
    fields: fieldValues(),
    attachments: files.ids,
  });
  showDone(asked);
});

function showDone(asked) {
  const title = el("h1", { tabindex: "-1" }, t("done.title"));
  const copied = el("p", { class: "soft small", role: "status" });
  const copy = action(
    t("done.copy"),
    async () => {
      await navigator.clipboard?.writeText(asked.follow_url);
      copied.textContent = t("done.copied");
    },
    "plain",
  );
  find("[data-part=done]").replaceChildren(
    title,
    el("p", {}, t("done.number")),
    el("p", { class: "number big" }, asked.number),
    el("p", {}, t("done.text")),
    el("div", { class: "buttons" }, el("a", { class: "button", href: asked.follow_url }, t("done.follow")), navigator.clipboard ? copy : null),
    copied,
  );
  show("done");
  title.focus();
}

start(draw);

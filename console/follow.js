// Follow a request: how it stands, what was said, add to it, confirm or reopen.

import { Refusal, action, announce, el, find, get, moment, onSubmit, post, show, showRefusal, start, t, token } from "./customer.js";
import { Files, size } from "./files.js";

let files;
let asking = false;

const path = (rest = "") => `/v1/public/tickets/${encodeURIComponent(token())}${rest}`;

async function draw() {
  if (!token()) {
    showRefusal(new Refusal(404, {}), draw);
    return;
  }
  try {
    drawTicket(await get(path()));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    showRefusal(error, draw);
  }
}

function drawTicket(ticket) {
  const facts = [
    [t("fact.number"), el("span", { class: "number" }, ticket.number)],
    [t("fact.status"), el("span", { class: `pill ${ticket.status}` }, t(`status.${ticket.status}`))],
    [t("fact.opened"), moment(ticket.opened_at)],
    ticket.due_at && [t("fact.due"), moment(ticket.due_at, { zone: true })],
    ticket.resolved_at && [t("fact.resolved"), moment(ticket.resolved_at)],
    ticket.closed_at && [t("fact.closed"), moment(ticket.closed_at)],
  ].filter(Boolean);
  find("#ticket").replaceChildren(
    el("h1", {}, ticket.subject),
    el("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    el("p", { class: "soft", hidden: ticket.status !== "waiting" }, t("waiting.text")),
  );
  drawDecision(ticket);
  drawMessages(ticket.messages, ticket.messages_cursor);
  if (!files?.busy && !files?.ids.length) files = new Files(find("#attachments"));
  const parts = ["ticket", "messages"];
  if (asking && ticket.can_reopen) parts.push("reopen");
  else if (ticket.can_confirm || ticket.can_reopen) parts.push("decide");
  if (ticket.can_write) parts.push("write");
  show(...parts);
  if (ticket.status === "resolved" || ticket.status === "closed") drawSurvey();
  else find("#rate").hidden = true;
}

/** Ask for a rating while there is a survey to be answered; that there is none, or no line, is no trouble. */
async function drawSurvey() {
  try {
    const survey = await get(path("/survey"));
    find("#rate").hidden = !survey.path;
    if (survey.path) find("#rate a").href = `${survey.path}?lang=${document.documentElement.lang}`;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    find("#rate").hidden = true;
  }
}

function drawDecision(ticket) {
  find("#decide h2").textContent = t(ticket.can_confirm ? "decide.title" : "decide.closed");
  find("#decide p").hidden = !ticket.can_confirm;
  const no = action(
    t(ticket.can_confirm ? "decide.no" : "decide.again"),
    () => {
      asking = true;
      draw().then(() => find("#reason").focus());
    },
    "plain",
  );
  const yes = action(t("decide.yes"), () => act(path("/confirm"), {}, "decide.thanks"));
  find("#answers").replaceChildren(...[ticket.can_confirm && yes, ticket.can_reopen && no].filter(Boolean));
}

function drawMessages(messages, cursor) {
  const older = cursor && el("li", {}, action(t("messages.older"), () => drawOlder(messages, cursor), "plain"));
  find("#messages").replaceChildren(...[older, ...messages.map(drawMessage)].filter(Boolean));
}

async function drawOlder(messages, cursor) {
  try {
    const page = await get(`${path("/messages")}?cursor=${encodeURIComponent(cursor)}`);
    drawMessages([...page.items, ...messages], page.cursor);
  } catch (error) {
    announce(error.words ?? t("error.failed"), "bad");
  }
}

function drawMessage(message) {
  const own = message.by === "customer";
  const attachments = message.attachments.map((file) =>
    el(
      "li",
      {},
      action(`${file.name} · ${size(file.size_bytes)}`, () => download(message, file), "link"),
    ),
  );
  return el(
    "li",
    { class: message.by },
    el("div", { class: "head" }, el("strong", {}, t(own ? "by.customer" : "by.service")), el("span", { class: "soft small" }, moment(message.at))),
    el("p", { class: "words" }, message.text),
    attachments.length ? el("ul", { class: "files" }, ...attachments) : null,
  );
}

async function download(message, file) {
  try {
    const { url } = await get(path(`/messages/${message.id}/attachments/${file.id}`));
    location.assign(url);
  } catch (error) {
    announce(error.words ?? t("error.failed"), "bad");
  }
}

async function act(where, body, said) {
  try {
    await post(where, body);
    await draw();
    announce(t(said));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.kind === "refused") await draw();
    announce(error.words, "bad");
  }
}

onSubmit(find("#reopen"), async () => {
  await post(path("/reopen"), { reason: find("#reason").value.trim() });
  asking = false;
  find("#reopen").reset();
  await draw();
  announce(t("reopen.done"));
});

find("#never-mind").addEventListener("click", () => {
  asking = false;
  draw();
});

onSubmit(find("#write"), async () => {
  if (files.busy || files.failed) throw new Refusal(422, { title: t(files.busy ? "files.wait" : "files.mend") });
  await post(path("/messages"), { text: find("#write #text").value.trim(), attachments: files.ids });
  find("#write").reset();
  files = null;
  await draw();
  announce(t("write.done"));
});

start(draw);

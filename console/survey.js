// Answer a survey, once.

import { Refusal, el, find, get, moment, onSubmit, post, show, showRefusal, start, t, token } from "./customer.js";

const SCORES = [1, 2, 3, 4, 5];
let survey;

const path = (rest = "") => `/v1/public/surveys/${encodeURIComponent(token())}${rest}`;

async function draw() {
  if (!find("[data-part=done]").hidden) return;
  if (!token()) {
    showRefusal(new Refusal(404, {}), draw);
    return;
  }
  try {
    survey = await get(path());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    showRefusal(error, draw);
    return;
  }
  drawForm();
  show("form");
}

function drawForm() {
  const shown = { subject: el("strong", {}, survey.subject), number: el("span", { class: "number" }, survey.number) };
  const pieces = t("survey.about").split(/\{(\w+)\}/);
  find("#about").replaceChildren(...pieces.map((piece, place) => (place % 2 ? shown[piece] : piece)));
  find("#until").replaceChildren(`${t("survey.until")} `, moment(survey.expires_at));
  const chosen = score();
  find("#scores").replaceChildren(
    ...SCORES.map((value) =>
      el(
        "label",
        { class: "choice" },
        el("input", { type: "radio", name: "score", id: `score-${value}`, value: String(value), required: true, checked: value === chosen }),
        el("strong", { "aria-hidden": "true" }, String(value)),
        el("span", {}, t(`score.${value}`)),
      ),
    ),
  );
  drawReasons();
}

function score() {
  const checked = find("input[name=score]:checked");
  return checked ? Number(checked.value) : null;
}

function drawReasons() {
  const value = score();
  const tone = value !== null && value >= survey.satisfied_from ? "praise" : "blame";
  const offered = value === null ? [] : survey.reasons.filter((reason) => reason.tone === "both" || reason.tone === tone);
  const kept = new Set(chosenReasons());
  find("#reasons").replaceChildren(
    ...offered.map((reason) =>
      el(
        "label",
        { class: "choice" },
        el("input", { type: "checkbox", name: "reason", value: reason.key, checked: kept.has(reason.key) }),
        el("span", {}, reason.label),
      ),
    ),
  );
  find("#reasons-field").hidden = offered.length === 0;
}

const chosenReasons = () => [...document.querySelectorAll("input[name=reason]:checked")].map((box) => box.value);

find("#scores").addEventListener("change", drawReasons);

onSubmit(find("#survey"), async () => {
  const text = find("#text").value.trim();
  try {
    const receipt = await post(path("/answer"), { score: score(), reasons: chosenReasons(), ...(text && { text }) });
    drawDone(receipt);
  } catch (error) {
    if (error.kind !== "expired" && error.kind !== "invalid") throw error;
    showRefusal(error, draw);
  }
});

find("#dismiss").addEventListener("click", async () => {
  try {
    await post(path("/dismiss"), {});
    drawDone({ outcome: "dismissed" });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    showRefusal(error, draw);
  }
});

function drawDone(receipt) {
  const title = el("h1", { tabindex: "-1" }, t("thanks.title"));
  find("[data-part=done]").replaceChildren(title, el("p", {}, t(`thanks.${receipt.outcome}`)));
  show("done");
  title.focus();
}

start(draw);

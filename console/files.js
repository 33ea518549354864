// Files of a request: picked, checked, uploaded straight to the store with progress, taken off again.

import { Refusal, el, post, t, unique } from "./customer.js";

const LARGEST_BYTES = 20 * 1024 * 1024;
const MOST = 10;
const BY_ENDING = {
  jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", gif: "image/gif", webp: "image/webp", heic: "image/heic",
  pdf: "application/pdf", txt: "text/plain", csv: "text/csv", mp3: "audio/mpeg", m4a: "audio/mp4", wav: "audio/wav",
  amr: "audio/amr", mp4: "video/mp4", zip: "application/zip", doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}; // prettier-ignore

/** A picker of files with its list; `ids` are those of finished uploads, `busy` while one runs, `failed` after one did. */
export class Files {
  #chosen = new Map();
  #list = el("ul", { class: "files", "aria-live": "polite" });
  #said = el("p", { class: "wrong", role: "alert", hidden: true });

  constructor(place) {
    const input = el("input", {
      type: "file", id: "files", multiple: true, accept: Object.keys(BY_ENDING).map((ending) => `.${ending}`).join(","),
      "aria-describedby": "files-hint",
    }); // prettier-ignore
    input.addEventListener("change", () => {
      this.#add([...input.files]);
      input.value = "";
    });
    const label = el("label", { class: "button plain", for: "files" }, t("files.add"));
    place.replaceChildren(
      el("div", { class: "picker" }, input, label),
      el("p", { class: "hint", id: "files-hint" }, t("files.hint", { count: MOST, size: size(LARGEST_BYTES) })),
      this.#said,
      this.#list,
    );
  }

  get ids() {
    return [...this.#chosen.values()].filter((entry) => entry.state === "done").map((entry) => entry.id);
  }

  get busy() {
    return [...this.#chosen.values()].some((entry) => entry.state === "running");
  }

  get failed() {
    return [...this.#chosen.values()].some((entry) => entry.state === "failed");
  }

  #add(files) {
    const wrong = [];
    for (const file of files) {
      const reason = this.#refused(file);
      if (reason) wrong.push(t(reason, { name: file.name, size: size(LARGEST_BYTES), count: MOST }));
      else this.#begin(file);
    }
    this.#said.textContent = wrong.join(" ");
    this.#said.hidden = wrong.length === 0;
  }

  #refused(file) {
    if (this.#chosen.size >= MOST) return "files.many";
    if (file.size === 0) return "files.empty";
    if (file.size > LARGEST_BYTES) return "files.large";
    return typeOf(file) ? null : "files.type";
  }

  #begin(file) {
    const key = unique();
    const entry = { file, state: "running", id: null, row: el("li"), request: null };
    this.#chosen.set(key, entry);
    this.#list.append(entry.row);
    this.#upload(key, entry);
  }

  async #upload(key, entry) {
    entry.state = "running";
    const bar = el("progress", { max: 100, value: 0, "aria-label": entry.file.name });
    this.#draw(key, entry, bar);
    try {
      const { file } = entry;
      const slot = await post("/v1/public/attachments", {
        name: file.name.slice(-200), media_type: typeOf(file), size_bytes: file.size,
      }, key); // prettier-ignore
      await send(entry, slot, (share) => (bar.value = share));
      entry.id = slot.id;
      entry.state = "done";
    } catch (error) {
      entry.state = "failed";
      entry.words = error instanceof Refusal ? error.words : t("files.failed");
    }
    if (this.#chosen.has(key)) this.#draw(key, entry);
  }

  #draw(key, entry, bar = null) {
    const remove = el("button", { type: "button", class: "link" }, t("files.remove"));
    remove.setAttribute("aria-label", `${t("files.remove")} ${entry.file.name}`);
    remove.addEventListener("click", () => {
      this.#chosen.delete(key);
      entry.request?.abort();
      entry.row.remove();
    });
    const name = `${entry.file.name} · ${size(entry.file.size)}${entry.state === "done" ? " ✓" : ""}`;
    const failed = entry.state === "failed";
    const again = el("button", { type: "button", class: "link" }, t("retry"));
    again.addEventListener("click", () => this.#upload(key, entry));
    const note = failed ? el("p", { class: "wrong", role: "alert" }, entry.words, " ", again) : null;
    entry.row.replaceChildren(el("span", {}, name), remove, ...[bar, note].filter(Boolean));
  }
}

function send(entry, slot, progress) {
  return new Promise((done, failed) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(slot.fields)) form.append(name, value);
    form.append("file", entry.file);
    const request = new XMLHttpRequest();
    entry.request = request;
    request.upload.addEventListener("progress", (event) => progress((100 * event.loaded) / event.total));
    request.addEventListener("load", () => (request.status < 300 ? done() : failed(new Error("upload"))));
    for (const event of ["error", "abort", "timeout"]) request.addEventListener(event, () => failed(new Error(event)));
    request.open("POST", slot.url);
    request.send(form);
  });
}

function typeOf(file) {
  const known = new Set(Object.values(BY_ENDING));
  return known.has(file.type) ? file.type : BY_ENDING[file.name.split(".").pop().toLowerCase()];
}

/** A size that people read. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${Math.round((10 * bytes) / 1024 / 1024) / 10} MB`;
}

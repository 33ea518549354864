// Find a request by its number and the last four digits of the phone, or by a code sent to the contact on file.

import { find, onSubmit, post, start, unique } from "./customer.js";

onSubmit(find("#find"), async () => {
  const { url } = await post("/v1/public/tickets/lookup", {
    number: find("#number").value.trim(),
    phone_last_four: find("#digits").value.trim(),
  });
  location.assign(url);
});

onSubmit(find("#want"), async () => {
  await post("/v1/public/tickets/codes", { number: find("#code-number").value.trim() }, unique());
  find("#redeem").hidden = false;
  find("#code").focus();
});

onSubmit(find("#redeem"), async () => {
  const { url } = await post("/v1/public/tickets/codes/redeem", {
    number: find("#code-number").value.trim(),
    code: find("#code").value.trim(),
  });
  location.assign(url);
});

start(() => {});

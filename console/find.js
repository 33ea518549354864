// Find a request by its number and the last four digits of the phone.

import { find, onSubmit, post, start } from "./customer.js";

onSubmit(find("#find"), async () => {
  const { url } = await post("/v1/public/tickets/lookup", {
    number: find("#number").value.trim(),
    phone_last_four: find("#digits").value.trim(),
  });
  location.assign(url);
});

start(() => {});

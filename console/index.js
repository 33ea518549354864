import { start } from "./customer.js";

start(() => {});

// Copy, print and share: only where the browser can. Without this file every page is whole.
"use strict";
const said = document.querySelector("[role=status]");
const doings = {
  print: { can: () => "print" in window, run: () => window.print() },
  copy: {
    can: () => navigator.clipboard && window.isSecureContext,
    run: async (button) => {
      await navigator.clipboard.writeText(location.href);
      if (said) said.textContent = button.dataset.done;
    },
  },
  share: {
    can: () => "share" in navigator,
    run: () => navigator.share({ url: location.href }).catch(() => {}),
  },
};
for (const button of document.querySelectorAll("[data-do]")) {
  const doing = doings[button.dataset.do];
  if (!doing || !doing.can()) continue;
  button.hidden = false;
  button.addEventListener("click", () => doing.run(button));
}

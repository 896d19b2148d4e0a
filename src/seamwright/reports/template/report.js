"use strict";
(() => {
  const said = document.getElementById("said");
  const tell = (button, text) => {
    button.textContent = text;
    said.textContent = text;
    setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 4000);
  };
  const select = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };
  // A page opened from a file may not be given the clipboard; then the old command is tried, and at the least the text is selected.
  const copy = async (node) => {
    try {
      await navigator.clipboard.writeText(node.textContent);
      return true;
    } catch {
      select(node);
      try { return document.execCommand("copy"); } catch { return false; }
    }
  };
  for (const button of document.querySelectorAll("button.copy")) {
    const code = button.closest(".command").querySelector("code");
    button.hidden = false;
    button.addEventListener("click", async () => {
      tell(button, (await copy(code)) ? "Copied" : "Selected, press Ctrl+C");
    });
  }
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const node of opened) node.open = true;
  });
  window.addEventListener("afterprint", () => { for (const node of opened) node.open = false; });
})();

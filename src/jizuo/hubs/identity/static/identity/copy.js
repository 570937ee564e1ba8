/** Copies the text of the element that a button names; where the browser offers no clipboard, selects it for the hand. */
for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      const chosen = getSelection();
      chosen.removeAllRanges();
      chosen.addRange(range);
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.done;
  });
}

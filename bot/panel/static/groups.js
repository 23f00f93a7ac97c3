// Turns by drag: where a place is dropped it is kept, by the same button that works without this file.
const sortable = () => {
  for (const list of document.querySelectorAll("[data-sortable]:not([data-ready])")) {
    list.dataset.ready = "yes";
    Sortable.create(list, {
      handle: ".handle",
      animation: 120,
      ghostClass: "dragged",
      onEnd: (event) => {
        if (event.oldIndex === event.newIndex) return;
        [...list.children].forEach((line, n) => { line.querySelector(".place").textContent = `${n + 1}.`; });
        list.closest("form").requestSubmit(list.closest("form").querySelector("[data-keep]"));
      },
    });
  }
};
sortable();
document.addEventListener("htmx:afterSettle", sortable);

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import io.quorate.bench.report.Against.Change;
import java.util.List;

/** The part of the page that says what changed since an earlier comparison. */
final class AgainstPage {
  private AgainstPage() {}

  static String of(Against against) {
    Html html = new Html();
    html.open("section", "id", "against", "aria-labelledby", "against-title");
    html.leaf("h2", "What changed since " + against.made(), "id", "against-title");
    html.leaf("p", against.verdict());
    html.leaf(
        "p",
        Against.noise()
            + " "
            + Against.rule()
            + (against.sameMachine() ? "" : " The machine was another one."),
        "class",
        "note");
    List<Change> beyond =
        against.changes().stream().filter(each -> each.kind() != Against.Kind.NOISE).toList();
    if (beyond.isEmpty()) {
      html.leaf("p", "Nothing changed by more than noise.");
    } else {
      table(html, "Changes beyond noise", beyond);
    }
    html.open("details").leaf("summary", "All " + against.changes().size() + " figures");
    table(html, "All changes", against.changes());
    return html.close().close().toString();
  }

  private static void table(Html html, String caption, List<Change> changes) {
    html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
    html.open("table").leaf("caption", caption).open("thead").open("tr");
    for (String head : List.of("", "was", "is", "change", "")) {
      html.leaf("th", head, "scope", "col");
    }
    html.close().close().open("tbody");
    for (Change change : changes) {
      String point = change.point().isEmpty() ? "" : " " + change.point();
      html.open("tr");
      html.leaf("th", change.contender() + point + ": " + change.figure().title(), "scope", "row");
      html.leaf("td", Findings.range(change.was(), change.figure().unit()));
      html.leaf("td", Findings.range(change.is(), change.figure().unit()));
      html.leaf("td", change.percent());
      String style =
          switch (change.kind()) {
            case WORSE -> "bad";
            case BETTER -> "better";
            case NOISE, HIGHER, LOWER -> "value";
          };
      html.leaf("td", change.kind().words(), "class", style).end();
    }
    html.close().close().end();
  }
}

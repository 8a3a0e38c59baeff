// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** The part of the page that says what ran, and on what: everything, as it stands in the data. */
final class SettingPage {
  private SettingPage() {}

  static String of(JsonNode root) {
    Html html = new Html().open("div", "class", "columns");
    html.open("div").leaf("h3", "Machine");
    list(html, root.get("machine"), "");
    html.leaf("h3", "Versions");
    list(html, root.get("versions"), "");
    html.close().open("div").leaf("h3", "Options");
    list(html, root.get("options"), "");
    html.close().close();
    html.leaf(
        "p",
        "Replicas run with their defaults but for the settings named under options."
            + " All replicas, the load and its client share this machine.",
        "class",
        "note");
    return html.toString();
  }

  private static void list(Html html, JsonNode object, String prefix) {
    html.open("dl");
    items(html, object, prefix);
    html.end();
  }

  private static void items(Html html, JsonNode object, String prefix) {
    for (Map.Entry<String, JsonNode> each : object.properties()) {
      JsonNode value = each.getValue();
      if (value.isObject()) {
        items(html, value, "");
        continue;
      }
      html.leaf("dt", prefix + title(each.getKey()));
      html.leaf("dd", text(each.getKey(), value));
    }
  }

  /** A key of the data as words; a key of the configuration stays what it is. */
  private static String title(String key) {
    return key.contains(".") || key.contains("RPC") || Character.isUpperCase(key.charAt(0))
        ? key
        : key.replaceAll("([A-Z])", " $1").toLowerCase(java.util.Locale.ROOT);
  }

  private static String text(String key, JsonNode value) {
    if (value.isArray()) {
      StringBuilder items = new StringBuilder();
      value.forEach(each -> items.append(items.isEmpty() ? "" : ", ").append(each.asText()));
      return items.toString();
    }
    return value.isIntegralNumber() && !key.equals("seed")
        ? Words.number(value.longValue())
        : value.asText();
  }
}

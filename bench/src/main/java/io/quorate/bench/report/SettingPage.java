// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
    everySetting(html, root);
    return html.toString();
  }

  /** Folded, once for each contender, and for each point of a sweep at which they differ. */
  private static void everySetting(Html html, JsonNode root) {
    Map<String, Map<JsonNode, List<String>>> contenders = new LinkedHashMap<>();
    for (JsonNode row : root.get("table")) {
      JsonNode settings = row.get("everySetting");
      if (settings != null) {
        contenders
            .computeIfAbsent(row.get("contender").textValue(), name -> new LinkedHashMap<>())
            .computeIfAbsent(settings, same -> new ArrayList<>())
            .add(row.get("point").textValue());
      }
    }
    if (contenders.isEmpty()) {
      return;
    }
    html.leaf("h3", "Every setting");
    contenders.forEach((contender, all) ->
        all.forEach((settings, points) -> {
          String at =
              all.size() == 1
                  ? ""
                  : " at " + root.at("/sweep/option").textValue() + " " + Words.list(points);
          html.open("details")
              .leaf("summary", contender + at + ": " + settings.size() + " settings");
          list(html, settings, "");
          html.end();
        }));
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

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import java.util.ArrayList;
import java.util.List;

/** A piece of a page. Texts and values of attributes are escaped, whatever they hold. */
final class Html {
  private final StringBuilder out = new StringBuilder();
  private final List<String> open = new ArrayList<>();

  /** Opens an element; {@code attributes} are names and values in turn. */
  Html open(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]);
      out.append("=\"").append(escaped(attributes[i + 1])).append('"');
    }
    out.append('>');
    open.add(element);
    return this;
  }

  /** Closes the element that was opened last. */
  Html close() {
    out.append("</").append(open.remove(open.size() - 1)).append('>');
    return this;
  }

  /** Closes it and begins a new line. */
  Html end() {
    close();
    out.append('\n');
    return this;
  }

  Html text(String text) {
    out.append(escaped(text));
    return this;
  }

  /** An element that holds nothing but a text. */
  Html leaf(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}

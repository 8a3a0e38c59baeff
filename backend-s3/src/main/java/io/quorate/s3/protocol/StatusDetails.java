// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.s3.layout.Root;
import io.quorate.s3.protocol.append.Pipeline;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this replica knows of the bucket, in words. The words of the last time are kept: a simulator
 * asks after each event, and hardly any event changes them.
 */
final class StatusDetails {
  private record Facts(@Nullable Root root, int inFlight, int window, @Nullable String trouble) {
    /** Roots are told apart by who they are: comparing all their fields takes long. */
    @SuppressWarnings("ReferenceEquality")
    boolean sameAs(@Nullable Facts other) {
      return other != null
          && root == other.root
          && inFlight == other.inFlight
          && window == other.window
          && Objects.equals(trouble, other.trouble);
    }
  }

  private @Nullable Facts told;
  private SortedMap<String, String> words = Collections.unmodifiableSortedMap(new TreeMap<>());

  /**
   * The details by name.
   *
   * @param root the newest one known; null before the first was read
   * @param pipeline that of the epoch that this replica owns; null if it owns none
   * @param trouble what the store answered last that was no answer
   */
  SortedMap<String, String> of(
      @Nullable Root root, @Nullable Pipeline pipeline, @Nullable String trouble) {
    Facts facts =
        new Facts(
            root,
            pipeline == null ? 0 : pipeline.inFlight(),
            pipeline == null ? 0 : pipeline.window(),
            trouble);
    if (!facts.sameAs(told)) {
      told = facts;
      words = Collections.unmodifiableSortedMap(words(facts));
    }
    return words;
  }

  private static TreeMap<String, String> words(Facts facts) {
    TreeMap<String, String> words = new TreeMap<>();
    Root root = facts.root;
    if (root != null) {
      words.put("root_version", Long.toString(root.version()));
      words.put("segment", "epoch " + root.epoch() + " from slot " + root.open().start());
      words.put("watermark", "slot " + root.truncateSlot());
    }
    if (facts.window > 0) {
      words.put("window", facts.inFlight + " of " + facts.window + " slots in flight");
    }
    if (facts.trouble != null) {
      words.put("trouble", facts.trouble);
    }
    return words;
  }
}

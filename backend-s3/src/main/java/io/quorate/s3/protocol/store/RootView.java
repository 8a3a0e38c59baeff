// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.store;

import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.layout.Root;
import io.quorate.s3.protocol.log.HardState;
import org.jspecify.annotations.Nullable;

/**
 * The newest root that this replica has seen, in this life or an earlier one, and what another one
 * means.
 *
 * <p>Invariant I1: version, epoch, snapshot and watermark of what is accepted never decrease.
 */
public final class RootView {

  /** What a root that was read means. */
  public sealed interface Verdict {
    /** It is the known one. */
    record Same() implements Verdict {}

    /** It is newer, and known from now on. */
    record Newer() implements Verdict {}

    /** The answer was under way while a newer one arrived. */
    record Late() implements Verdict {}

    /** It must not be: the replica must stop. */
    record Fault(String sentence) implements Verdict {}
  }

  private final ObjectKeys keys;
  private HardState floor = HardState.NONE;
  private @Nullable Root root;
  private @Nullable String etag;

  /** Nothing was seen. */
  public RootView(ObjectKeys keys) {
    this.keys = keys;
  }

  /** Takes up what was seen in an earlier life. */
  public void restore(HardState seen) {
    floor = seen;
  }

  /** What has been seen by now: no later answer may be older. */
  public HardState floor() {
    return floor;
  }

  /** The newest root; null before the first was read in this life. */
  public @Nullable Root root() {
    return root;
  }

  /** The newest root, by someone who knows that there is one. */
  public Root known() {
    Root present = root;
    if (present == null) {
      throw new IllegalStateException("no root was read yet");
    }
    return present;
  }

  /** What the store calls the newest root; null before the first was read in this life. */
  public @Nullable String etag() {
    return etag;
  }

  /** Whether this is still the newest root known. */
  public boolean isCurrent(Root other) {
    Root present = root;
    return present != null && present.sameAs(other);
  }

  /**
   * Judges a root.
   *
   * @param atSend {@link #floor()} when the request left: an answer to it may be older than what is
   *     known now, but not older than what was known then
   */
  public Verdict accept(Root found, String foundEtag, HardState atSend) {
    String fault = fault(found, atSend);
    if (fault != null) {
      return new Verdict.Fault(fault);
    }
    if (found.version() < floor.version()) {
      return new Verdict.Late();
    }
    Root before = root;
    if (before != null && before.sameAs(found)) {
      etag = foundEtag;
      return new Verdict.Same();
    }
    if (before != null
        && (found.epoch() < before.epoch() || found.truncateSlot() < before.truncateSlot())) {
      return new Verdict.Fault(
          keys.root() + " version " + found.version() + " goes back behind " + before.version());
    }
    root = found;
    etag = foundEtag;
    floor = new HardState(found.group(), found.version(), found.nonce(), found.epoch());
    return new Verdict.Newer();
  }

  private @Nullable String fault(Root found, HardState atSend) {
    if (floor.version() > 0 && !found.group().equals(floor.group())) {
      return keys.root()
          + " belongs to another group of this name, "
          + found.group()
          + ", this replica to "
          + floor.group()
          + "; set quorate.s3.prefix or the bucket right, or remove this replica's data directory"
          + " if it is to join the group in the bucket";
    }
    boolean fork = found.version() == atSend.version() && !found.nonce().equals(atSend.nonce());
    if (found.version() < atSend.version() || (atSend.version() > 0 && fork)) {
      return keys.root()
          + " went back to version "
          + found.version()
          + ", this replica has seen version "
          + atSend.version()
          + ": the bucket was restored from a copy; bring its newest state back, or remove the data"
          + " directories of all replicas to accept what the copy has lost";
    }
    if (found.state() == Root.State.TOMBSTONE) {
      return keys.root() + " says that this group was destroyed; choose another group or prefix";
    }
    return null;
  }
}

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.inspect;

import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.inspect.PrefixReport.Findings;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.SnapshotManifest;
import io.quorate.s3.layout.SnapshotPart;
import io.quorate.s3.layout.SnapshotPlace;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Reads the snapshots that the root names, byte for byte, and counts those that nothing names. */
final class SnapshotCheck {
  private final Root root;
  private final ObjectKeys keys;
  private final StoreReader reader;
  private final Findings findings;

  SnapshotCheck(Root root, ObjectKeys keys, StoreReader reader, Findings findings) {
    this.root = root;
    this.keys = keys;
    this.reader = reader;
    this.findings = findings;
  }

  void check() throws StoreUnreadable {
    check("snapshot", root.snapshot());
    check("snapshot before", root.previousSnapshot());
    long unreferenced = 0;
    for (ObjectResult.Item item : reader.list(keys.snapshots())) {
      boolean named =
          keys.parse(item.key()) instanceof ObjectKeys.Named.SnapshotKey at
              && (isOf(root.snapshot(), at) || isOf(root.previousSnapshot(), at));
      unreferenced += named ? 0 : 1;
    }
    findings.note(
        unreferenced, "objects of snapshots that the root does not name: under way, or given up");
  }

  private static boolean isOf(@Nullable SnapshotPlace place, ObjectKeys.Named.SnapshotKey at) {
    return place != null
        && place.slot() == at.slot()
        && place.epoch() == at.epoch()
        && place.nonce() == at.nonce();
  }

  private void check(String name, @Nullable SnapshotPlace place) throws StoreUnreadable {
    if (place == null) {
      findings.fact(name, "none");
      return;
    }
    String verdict = "complete";
    try {
      verify(place);
    } catch (CorruptObject e) {
      findings.damage(String.valueOf(e.getMessage()));
      verdict = "damaged";
    }
    findings.fact(
        name,
        "to slot %d, epoch %d, %d bytes, %s"
            .formatted(place.slot(), place.epoch(), place.sizeBytes(), verdict));
  }

  private void verify(SnapshotPlace place) throws StoreUnreadable, CorruptObject {
    String key = keys.manifest(place);
    SnapshotManifest manifest = SnapshotManifest.decode(key, root.group(), place, present(key));
    MessageDigest sum = sha256();
    long size = 0;
    for (int part = 0; part < manifest.parts(); part++) {
      String partKey = keys.part(place, part);
      byte[] bytes = SnapshotPart.decode(partKey, root.group(), place, part, present(partKey));
      sum.update(bytes);
      size += bytes.length;
    }
    if (size != place.sizeBytes()
        || !MessageDigest.isEqual(sum.digest(), manifest.snapshot().sha256())) {
      throw new CorruptObject(
          key, "its parts have " + size + " bytes, which do not match its size or its SHA-256");
    }
  }

  private byte[] present(String key) throws StoreUnreadable, CorruptObject {
    byte[] object = reader.get(key);
    if (object == null) {
      throw new CorruptObject(key, "it is missing, and the root names its snapshot");
    }
    return object;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

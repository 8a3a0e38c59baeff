// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.mutant;

import io.quorate.sim.mutant.SourceMutant;

/**
 * Rules without which the protocol is wrong, by the design's sections; each is broken by itself.
 */
final class S3Mutants {
  private static final String S3 = "backend-s3";
  private static final String PROTOCOL = "io.quorate.s3.protocol.";
  private static final String VOLLEY = PROTOCOL + "claim.SealVolley";
  private static final String CLAIM = PROTOCOL + "claim.Claim";
  private static final String PIPELINE = PROTOCOL + "append.Pipeline";
  private static final String LEADERSHIP = PROTOCOL + "Leadership";
  private static final String FOLLOWING = PROTOCOL + "Following";
  private static final String PUBLISHER = PROTOCOL + "compaction.Publisher";
  private static final String READS = PROTOCOL + "reads.LeaderReads";

  private S3Mutants() {}

  /** A.5.4: a candidate looks for the end of the log, but does not close it. */
  static SourceMutant noSeal() {
    return SourceMutant.named("take over without sealing")
        .replace(
            S3,
            VOLLEY,
            "new ObjectRequest.Create(target.key, target.seal),",
            "new ObjectRequest.Get(target.key, null),")
        .replace(
            S3,
            VOLLEY,
            "resendIn(target, requests.backoffNanos(target.attempts), then);",
            "target.sealed = true; scan(then, effects);");
  }

  /** A.5.7 (S): seals are deleted with the slots before them. */
  static SourceMutant sealsDeleted() {
    return SourceMutant.named("delete seals")
        .replace(
            S3,
            PUBLISHER,
            "deletions.add(site.keys().slot(segment.epoch(), slot), now, out);",
            """
            deletions.add(site.keys().slot(segment.epoch(), slot), now, out);
                    if (slot + 1 == segment.end()) {
                      deletions.add(site.keys().slot(segment.epoch(), slot + 1), now, out);
                    }
            """);
  }

  /** A.5.7 (W): slots are deleted before the watermark in the root is above them. */
  static SourceMutant deletedBeforeWatermark() {
    return SourceMutant.named("delete before watermark")
        .replace(
            S3,
            PUBLISHER,
            "    replacement = started;\n    started.send(now, out);",
            """
                replacement = started;
                for (long slot = before.truncateSlot(); slot < next.truncateSlot(); slot++) {
                  Segment segment = before.segmentOf(slot);
                  if (segment != null) {
                    deletions.add(site.keys().slot(segment.epoch(), slot), now, out);
                  }
                }
                started.send(now, out);
            """);
  }

  /** A.5.4: the root is replaced on an ETag that was read after the scan. */
  static SourceMutant freshEtag() {
    return SourceMutant.named("take over with a fresh ETag")
        .replace(S3, CLAIM, "return !ended && view.isCurrent(basis);", "return !ended;")
        .replace(
            S3,
            CLAIM,
            "if (!ended && !view.isCurrent(basis) && !isMine()) {",
            "if (!ended && view.known().epoch() != basis.epoch() && !isMine()) {")
        .replace(
            S3,
            CLAIM,
            "    volley.stop();\n    Root next =\n        basis.takenOver(",
            """
                volley.stop();
                reader.ask((sentNanos, later, more) -> replaceNow(later, more), now, out);
              }

              private void replaceNow(Now now, Effects out) {
                Root next =
                    view.known().takenOver(
            """)
        .replace(
            S3,
            CLAIM,
            "new Replacement(site, view, reader, requests, agenda, basis, etag, next, this);",
            "new Replacement(site, view, reader, requests, agenda, view.known(),"
                + " String.valueOf(view.etag()), next, this);");
  }

  /** A.5.3: a slot is acknowledged when it is durable, whatever became of those before it. */
  static SourceMutant anyDurableSlot() {
    return SourceMutant.named("acknowledge out of order")
        .replace(
            S3,
            PIPELINE,
            "while (!closed && oldest != null && oldest.durable && oldest.slot < sealedAt) {",
            "while (!closed && oldest != null && oldest.slot <= slot.slot) {");
  }

  /** A.5.3: 412 is taken to say that somebody else's bytes are there. */
  static SourceMutant failure412() {
    return SourceMutant.named("treat 412 as failure")
        .replace(
            S3,
            PIPELINE,
            "      case ObjectResult.Conflict conflict ->\n",
            """
                  case ObjectResult.PreconditionFailed failed -> {
                    sealedAt = Math.min(sealedAt, slot.slot);
                    owner.onSeal(now, out);
                  }
                  case ObjectResult.Conflict conflict ->
            """);
  }

  /** A.5.5: a seal is a verdict, without a root that was read after it. */
  static SourceMutant sealIsVerdict() {
    return SourceMutant.named("seal as verdict without the root")
        .replace(
            S3,
            LEADERSHIP,
            "    confirming = true;\n",
            """
                if (!confirming) {
                  end(sealedAt, now, out);
                  return;
                }
            """);
  }

  /** A.6.1: the leader serves linearizable reads without asking the root. */
  static SourceMutant readWithoutRoot() {
    return SourceMutant.named("serve a read without the root")
        .replace(
            S3,
            READS,
            "case ReadConsistency.Linearizable linearizable -> false;",
            "case ReadConsistency.Linearizable linearizable -> true;");
  }

  /** A.6.3: the leader's reads do not wait for what was sent, though followers show it. */
  static SourceMutant noBarrier() {
    return SourceMutant.named("read without the barrier")
        .replace(
            S3,
            READS,
            "return sent ? log.head().slot() :",
            "return sent && false ? log.head().slot() :");
  }

  /** A.5.4: a successor does not wait for the lease before it. */
  static SourceMutant noLeaseWait() {
    return SourceMutant.named("skip the lease wait")
        .replace(
            S3,
            LEADERSHIP,
            "long wait = site.config().leaseWaitNanos(leaseMillis);",
            "long wait = 0;");
  }

  /** A.6.2: the lease is renewed from when the answer came, not from when the slot first left. */
  static SourceMutant leaseFromRetry() {
    return SourceMutant.named("renew a lease from a retry")
        .replace(
            S3,
            PIPELINE,
            "owner.onStored(oldest.slot, oldest.firstSentNanos, now, out);",
            "owner.onStored(oldest.slot, now.monotonicNanos(), now, out);");
  }

  /** A.5.6: what is under the next key is the next entry. */
  static SourceMutant pullBelowEpoch() {
    return SourceMutant.named("pull below the last epoch")
        .replace(
            S3,
            PROTOCOL + "log.LogMark",
            "&& entry.epoch() >= epoch && entry.parentHash().equals(hash)",
            "");
  }

  /** A.4 (B1): an attempt that is repeated carries other bytes. */
  static SourceMutant otherBytes() {
    return SourceMutant.named("reuse a slot with other bytes")
        .replace(
            S3,
            PIPELINE,
            "new ObjectRequest.Create(slot.key, slot.bytes),",
            "new ObjectRequest.Create(slot.key, slot.attempts == 1 ? slot.bytes : other(slot)),")
        .replace(
            S3,
            PIPELINE,
            "  private boolean isMoot(Slot slot) {",
            """
              private byte[] other(Slot slot) {
                try {
                  Entry entry =
                      ((StoredObject.Data)
                              StoredObject.decode(slot.key, group, epoch, slot.slot, slot.bytes))
                          .entry();
                  Entry later =
                      Entry.seal(
                          entry.frame().clone(),
                          entry.kind(),
                          entry.slot(),
                          entry.epoch(),
                          entry.firstIndex(),
                          entry.count(),
                          entry.timeNanos() + slot.attempts,
                          entry.parentHash());
                  return new StoredObject.Data(later, site.incarnation()).bytes(group);
                } catch (CorruptObject e) {
                  throw new IllegalStateException(e);
                }
              }

              private boolean isMoot(Slot slot) {
            """);
  }

  /** A.4: replacements of the root carry no nonce. */
  static SourceMutant noNonce() {
    return SourceMutant.named("no nonce")
        .replace(S3, CLAIM, "            site.draw(),\n", "            new java.util.UUID(0, 0),\n")
        .replace(S3, PUBLISHER, "site.draw()", "new java.util.UUID(0, 0)");
  }

  /** A.4 (B2): a process that restarts goes on in the epoch that its node owned before. */
  static SourceMutant oldEpoch() {
    return SourceMutant.named("restart into the old epoch")
        .replace(
            S3,
            PROTOCOL + "store.Site",
            "        draw(seat.random()),\n",
            "        new UUID(0, seat.self().value().hashCode()),\n")
        .replace(
            S3,
            FOLLOWING,
            "claim(\"epoch \" + root.epoch() + \" was owned by this node before\", now, out);",
            "follow(why, now, out);")
        .replace(
            S3,
            FOLLOWING,
            "    fresh.onEnd(sentNanos, log.committed().slot(), now, out);\n",
            """
                if (view.known().leader().incarnation().equals(site.incarnation())
                    && claim == null
                    && !sealed) {
                  win(0, now, out);
                  return;
                }
                fresh.onEnd(sentNanos, log.committed().slot(), now, out);
            """)
        .replace(
            S3, LEADERSHIP, "            && log.head().slot() + 1 == root.open().start(),", ",");
  }
}

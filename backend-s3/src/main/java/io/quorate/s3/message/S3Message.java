// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.message;

import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.ProtocolMessage;

/**
 * Everything one S3 replica may say to another. Each message may be lost, repeated, delayed and
 * overtaken; the log is in the bucket, so that none of them is needed for it to be right.
 */
public sealed interface S3Message extends ProtocolMessage {

  /** The latest epoch that the sender knew of; of {@link Push} and what leaders say, its own. */
  long epoch();

  /**
   * The next entry, committed: the leader saw it and everything before it durable in the bucket.
   * Sent only within the {@link PushCredit} of the receiver.
   *
   * @param rootVersion of the root that the leader knows
   */
  record Push(long epoch, long rootVersion, Entry entry) implements S3Message {
    @Override
    public String name() {
      return "Push";
    }
  }

  /**
   * The leader is alive and can reach the bucket; sent every heartbeat interval from the moment its
   * claim is known to have succeeded.
   *
   * @param rootVersion of the root that the leader knows
   * @param committed last slot that it knows to be committed: may be read from the bucket
   */
  record Heartbeat(long epoch, long rootVersion, long committed) implements S3Message {
    @Override
    public String name() {
      return "Heartbeat";
    }
  }

  /**
   * Answer to {@link Heartbeat} and now and then to {@link Push}: how far the sender is, and how
   * much it takes. An epoch above the leader's own tells the leader to look at the root.
   *
   * @param slot last slot that the sender has
   * @param bytes of entries behind it that may be on their way to the sender
   */
  record PushCredit(long epoch, long slot, long bytes) implements S3Message {
    @Override
    public String name() {
      return "PushCredit";
    }
  }

  /** Which slot must a linearizable read include? Asked of the leader. */
  record ReadIndex(long epoch, long requestId) implements S3Message {
    @Override
    public String name() {
      return "ReadIndex";
    }
  }

  /** Answer to {@link ReadIndex}: the leader proved, after the question came, that it still led. */
  record ReadIndexReply(long epoch, long requestId, long slot) implements S3Message {
    @Override
    public String name() {
      return "ReadIndexReply";
    }
  }

  /**
   * The leader has sealed its own epoch. The successor claims the next one at once; all others wait
   * for it as if the leader had just been heard.
   *
   * @param end the slot of the seal
   */
  record HandOver(long epoch, long end, NodeId successor) implements S3Message {
    @Override
    public String name() {
      return "HandOver";
    }
  }

  /** I do not hear the leader of {@code epoch} any more. Do you? */
  record Ping(long epoch) implements S3Message {
    @Override
    public String name() {
      return "Ping";
    }
  }

  /**
   * Answer to {@link Ping}.
   *
   * @param heard whether the sender leads this epoch, or heard its leader itself within the failure
   *     timeout
   */
  record Pong(long epoch, boolean heard) implements S3Message {
    @Override
    public String name() {
      return "Pong";
    }
  }
}

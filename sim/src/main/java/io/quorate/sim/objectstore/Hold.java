// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.objectstore;

import io.quorate.core.protocol.ObjectResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An adversary on the way to the store: catches chosen requests before they are executed, and does
 * with them what it likes, whenever it likes. Their senders wait until they give up.
 *
 * <p>What has been caught and not been dealt with is executed when the world is healed.
 */
public final class Hold {
  private final SimBucket bucket;
  private final Predicate<SimRequest> which;
  private final List<SimRequest> caught = new ArrayList<>();
  private int left;

  Hold(SimBucket bucket, Predicate<SimRequest> which, int most) {
    this.bucket = bucket;
    this.which = which;
    this.left = most;
  }

  /** Requests caught and not yet dealt with, in the order in which they were sent. */
  public List<SimRequest> caught() {
    return new ArrayList<>(caught);
  }

  /** The first request caught and not yet dealt with; null if there is none. */
  public @Nullable SimRequest first() {
    return caught.isEmpty() ? null : caught.getFirst();
  }

  /** Whether something is held. */
  public boolean holds() {
    return !caught.isEmpty();
  }

  /** Catches nothing more; keeps what it has. */
  public void close() {
    left = 0;
  }

  /** Executes all that is held, now, in the order sent; senders that still wait are answered. */
  public void release() {
    close();
    take().forEach(bucket::executeAndAnswer);
  }

  /** Executes those held requests, now, in the order sent; goes on to hold and catch others. */
  public void release(Predicate<SimRequest> those) {
    for (SimRequest request : caught()) {
      if (those.test(request)) {
        caught.remove(request);
        bucket.executeAndAnswer(request);
      }
    }
  }

  /** Executes all that is held, now; the answers are lost. */
  public void releaseSilently() {
    close();
    take().forEach(bucket::execute);
  }

  /** Executes all that is held, now; senders that still wait are told 500. */
  public void releaseWithError() {
    close();
    for (SimRequest request : take()) {
      bucket.execute(request);
      bucket.answer(request, new ObjectResult.Unclear("500, executed"));
    }
  }

  /** Executes nothing of what is held, ever; senders that still wait are told 500. */
  public void fail() {
    close();
    for (SimRequest request : take()) {
      bucket.answer(request, new ObjectResult.Unclear("500, not executed"));
    }
  }

  /** Executes nothing of what is held, ever, and answers nobody. */
  public void drop() {
    close();
    take();
  }

  boolean catches(SimRequest request) {
    if (left <= 0 || !which.test(request)) {
      return false;
    }
    left--;
    caught.add(request);
    return true;
  }

  SimRequest takeFirst() {
    return caught.removeFirst();
  }

  private List<SimRequest> take() {
    List<SimRequest> all = new ArrayList<>(caught);
    caught.clear();
    return all;
  }
}

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.aeron;

import io.aeron.driver.MediaDriver;
import io.quorate.bench.compare.CounterMachine;
import io.quorate.bench.compare.Replica;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/** A member of an Aeron cluster in this process. It counts nothing that could be compared. */
final class AeronReplica implements Replica {
  private final CounterService service;
  private final List<AutoCloseable> parts = new ArrayList<>();
  private @Nullable MediaDriver driver;

  AeronReplica(CounterService service) {
    this.service = service;
  }

  /** Hands over what it talks to the world through. */
  void driver(MediaDriver driver) {
    this.driver = driver;
  }

  /** Hands over a part that is closed before those that came earlier. */
  void part(AutoCloseable part) {
    parts.add(part);
  }

  @Override
  public Status status() {
    return new Status(service.leads(), 0, service.applied(), new TreeMap<>());
  }

  @Override
  public byte[] diary() {
    return service.answer(CounterMachine.diary());
  }

  /**
   * Stops its driver first: a log that is closed with it running tells the followers that its end
   * has come. Then stops the rest, beside whoever calls.
   */
  @Override
  public CompletableFuture<Void> abort() {
    CloseHelper.close(AeronPeer.QUIET, driver);
    List<AutoCloseable> rest = new ArrayList<>(parts);
    Collections.reverse(rest);
    return CompletableFuture.runAsync(
        () -> CloseHelper.closeAll(AeronPeer.QUIET, rest),
        task -> Thread.ofPlatform().name("aeron-abort").daemon().start(task));
  }
}

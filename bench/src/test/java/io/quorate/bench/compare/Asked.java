// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/**
 * Options for tests: a short run of three replicas without a fault, of which each test changes what
 * it is about.
 */
public final class Asked {
  private final List<String> contenders;
  private Duration warmup = Duration.ZERO;
  private Duration duration = Duration.ofSeconds(1);
  private int clients = 16;
  private int ratePerSecond;
  private int payloadBytes = 64;
  private int readPercent;
  private int keys = 64;
  private CompareOptions.Fault fault = CompareOptions.Fault.NONE;
  private int repeat = 1;
  private Path report = Path.of("unused");
  private final TreeMap<String, String> settings = new TreeMap<>();
  private Conditions conditions = Conditions.DEFAULT;

  private Asked(List<String> contenders) {
    this.contenders = contenders;
  }

  public static Asked of(String... contenders) {
    return new Asked(List.of(contenders));
  }

  public Asked lasting(Duration warmup, Duration duration) {
    this.warmup = warmup;
    this.duration = duration;
    return this;
  }

  public Asked clients(int clients) {
    this.clients = clients;
    return this;
  }

  public Asked ratePerSecond(int ratePerSecond) {
    this.ratePerSecond = ratePerSecond;
    return this;
  }

  public Asked payloadBytes(int payloadBytes) {
    this.payloadBytes = payloadBytes;
    return this;
  }

  public Asked readPercent(int readPercent) {
    this.readPercent = readPercent;
    return this;
  }

  public Asked keys(int keys) {
    this.keys = keys;
    return this;
  }

  public Asked fault(CompareOptions.Fault fault) {
    this.fault = fault;
    return this;
  }

  public Asked repeat(int repeat) {
    this.repeat = repeat;
    return this;
  }

  public Asked report(Path report) {
    this.report = report;
    return this;
  }

  public Asked set(String key, String value) {
    settings.put(key, value);
    return this;
  }

  public Asked under(Conditions conditions) {
    this.conditions = conditions;
    return this;
  }

  /** The options, which refuse what cannot be run. */
  public CompareOptions options() {
    return new CompareOptions(
        contenders,
        3,
        warmup,
        duration,
        clients,
        ratePerSecond,
        payloadBytes,
        readPercent,
        keys,
        fault,
        repeat,
        1,
        report,
        CompareOptions.ObjectStoreOptions.embedded(),
        settings,
        conditions);
  }
}

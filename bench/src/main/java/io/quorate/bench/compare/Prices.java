// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What an object store asks for requests and for bytes moved, in dollars, and what machines and
 * disks cost beside it.
 *
 * @param name of the tariff
 * @param date on which the prices were looked up
 * @param source where they were found
 * @param perMillionWrites writes and lists, refused conditional writes included
 * @param perMillionReads reads, unchanged and absent objects included
 * @param perGigabyteUp bytes written
 * @param perGigabyteDown bytes read
 * @param hosting machines, disks and traffic between them; null: only requests have a price
 */
public record Prices(
    String name,
    String date,
    String source,
    double perMillionWrites,
    double perMillionReads,
    double perGigabyteUp,
    double perGigabyteDown,
    @Nullable Hosting hosting) {

  /**
   * What it costs to run replicas on rented machines, in dollars.
   *
   * @param machine kind of machine, one for each replica
   * @param machinePerHour price of such a machine
   * @param volume kind of disk, one for each replica that keeps its log on it
   * @param volumeGigabytes size of such a disk
   * @param volumePerGigabyteMonth its price
   * @param storedGigabytes what a group keeps in an object store: snapshots and log
   * @param storedPerGigabyteMonth price of that
   * @param perGigabyteBetweenZones bytes that replicas send each other, each being in a zone of its
   *     own: what sender and receiver pay together
   */
  public record Hosting(
      String machine,
      double machinePerHour,
      String volume,
      double volumeGigabytes,
      double volumePerGigabyteMonth,
      double storedGigabytes,
      double storedPerGigabyteMonth,
      double perGigabyteBetweenZones) {}

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  /**
   * A tariff that ships with this program.
   *
   * @param tariff {@code standard} or {@code express}
   */
  public static Prices shipped(String tariff) {
    String file = "prices-" + tariff + ".json";
    try (InputStream in = Prices.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no price file " + file);
      }
      return JSON.readValue(in, Prices.class);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /**
   * A tariff of the user's.
   *
   * @throws IllegalArgumentException the file cannot be read, or a field is missing or unknown
   */
  public static Prices read(Path file) {
    try {
      return JSON.readValue(Files.readAllBytes(file), Prices.class);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("there is no price file " + file, e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          ("the price file %s cannot be used: it must be a JSON object with the texts name, date,"
               + " source, and the numbers perMillionWrites, perMillionReads, perGigabyteUp,"
               + " perGigabyteDown, if wanted an object hosting as in docs/results.md, and nothing"
               + " else")
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException("the price file " + file + " cannot be read", e);
    }
  }

  /** What the requests among these counts cost. */
  public double dollars(SortedMap<String, Long> counts) {
    return (writes(counts) * perMillionWrites + reads(counts) * perMillionReads) / 1e6
        + (counts.getOrDefault("object_bytes_up", 0L) * perGigabyteUp
                + counts.getOrDefault("object_bytes_down", 0L) * perGigabyteDown)
            / 1e9;
  }

  /** Requests that are paid for as writes. */
  public static long writes(SortedMap<String, Long> counts) {
    return sum(counts, "object_create_")
        + sum(counts, "object_replace_")
        + sum(counts, "object_put_")
        + sum(counts, "object_list_");
  }

  /** Requests that are paid for as reads. */
  public static long reads(SortedMap<String, Long> counts) {
    return sum(counts, "object_get_");
  }

  private static long sum(SortedMap<String, Long> counts, String prefix) {
    long sum = 0;
    for (Map.Entry<String, Long> each : counts.tailMap(prefix).entrySet()) {
      if (!each.getKey().startsWith(prefix)) {
        break;
      }
      sum += each.getValue();
    }
    return sum;
  }
}

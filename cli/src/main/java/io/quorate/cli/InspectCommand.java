// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.bench.compare.Prices;
import io.quorate.node.QuorateStorage;
import io.quorate.node.plugin.SharedLog.Inspection;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quorate admin inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Describes and verifies the files of a replica that does not run, or a bucket.",
    footer = {
      "",
      "With a folder: the files of that replica. With --config: what the group has in the bucket"
          + " or",
      "folder of its section s3: root, log, seals, snapshots, and what the objects that were"
          + " written",
      "in the last hour cost.",
      "Changes nothing. Ends with 1 if anything is damaged."
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "<data-dir>",
      description = "Folder of one replica: <data-dir>/<group>/<node>.")
  private @Nullable Path directory;

  @Option(
      names = "--config",
      paramLabel = "<file>",
      description = "Configuration of a group that keeps its log in a bucket.")
  private @Nullable Path config;

  @Option(names = "--json", description = "One JSON object; with --config.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = directory;
    Path file = config;
    if ((folder == null) == (file == null)) {
      throw CommandFailure.wrongUse("inspect wants either <data-dir> or --config <file>");
    }
    if (folder != null && json) {
      throw CommandFailure.wrongUse("--json goes with --config only");
    }
    boolean whole;
    if (file == null) {
      whole = folder != null && QuorateStorage.inspect(folder, out);
    } else {
      Inspection found = QuorateStorage.inspectLog(file);
      whole = found.damage().isEmpty();
      if (json) {
        out.println(json(found));
      } else {
        print(found, out);
      }
    }
    out.flush();
    return whole ? 0 : 1;
  }

  private static double dollars(Inspection found) {
    return found.createdLastHour() * Prices.shipped("standard").perMillionWrites() / 1e6;
  }

  private static void print(Inspection found, PrintWriter out) {
    for (Map.Entry<String, String> fact : found.facts()) {
      out.println(fact.getKey() + ": " + fact.getValue());
    }
    out.printf(
        Locale.ROOT,
        "last hour: %d objects of the log written, $%.4f at %s prices; reads, snapshots and"
            + " repetitions are not counted%n",
        found.createdLastHour(),
        dollars(found),
        Prices.shipped("standard").name());
    found.notes().forEach(note -> out.println("note: " + note));
    found.damage().forEach(damage -> out.println("damaged: " + damage));
    out.println(
        found.damage().isEmpty()
            ? "whole: everything is as it was written"
            : "damaged: bring the objects back from the bucket's versions");
  }

  private static ObjectNode json(Inspection found) {
    ObjectNode object = Json.object();
    object.put("whole", found.damage().isEmpty());
    ArrayNode facts = object.putArray("facts");
    found
        .facts()
        .forEach(
            fact -> facts.addObject().put("name", fact.getKey()).put("value", fact.getValue()));
    object
        .putObject("last_hour")
        .put("objects", found.createdLastHour())
        .put("dollars", dollars(found));
    ArrayNode notes = object.putArray("notes");
    found.notes().forEach(notes::add);
    ArrayNode damage = object.putArray("damage");
    found.damage().forEach(damage::add);
    return object;
  }
}

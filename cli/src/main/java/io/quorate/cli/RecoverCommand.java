// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.api.NodeId;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateStorage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate recover}: the way back of a replica whose disk is lost. */
@Command(
    name = "recover",
    mixinStandardHelpOptions = true,
    description = "Prepares an empty data directory for a replica whose disk is lost.",
    footer = {
      "",
      "A replica that came back with an empty directory under its name would deny what it has"
          + " acknowledged.",
      "After this command its next start recovers instead: it takes part in nothing until enough"
          + " healthy replicas",
      "have told it where the group is, and it has their log. Never do this for more replicas than"
          + " the group may lose:",
      "if a majority of the disks is lost, restore copies. With backend = vsr only."
    })
final class RecoverCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--amnesia",
      description = "Confirms that everything this replica had on its disk is lost for good.")
  private boolean amnesia;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "<file>",
      description = "Configuration of the group (HOCON).")
  private Path config;

  @Option(
      names = "--node",
      required = true,
      paramLabel = "<name>",
      description = "Which of the members has lost its disk.")
  private String node;

  @Option(
      names = "--set",
      paramLabel = "<key=value>",
      description = "Setting that wins over the file, as for serve; repeatable.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Override
  public Integer call() {
    if (!amnesia) {
      throw CommandFailure.wrongUse(
          "recover wants --amnesia, which says that the disk of this replica is lost for good; if"
              + " any of its files are left, start it as it is");
    }
    NodeId lost;
    try {
      lost = NodeId.of(node);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.wrongUse("--node: " + e.getMessage());
    }
    QuorateConfig effective = QuorateConfig.load(config, lost, overrides);
    Path directory = QuorateStorage.recover(effective);
    PrintWriter out = spec.commandLine().getOut();
    out.println(lost + " of group " + effective.group() + " is prepared in " + directory + ":");
    out.println(
        "its next start takes part in nothing until enough healthy replicas, the leader among them,"
            + " have answered, and it has their log");
    out.println("start it with: quorate serve --config " + config + " --node " + lost);
    out.flush();
    return 0;
  }
}

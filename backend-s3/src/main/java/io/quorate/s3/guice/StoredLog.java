// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.guice;

import io.quorate.api.GroupId;
import io.quorate.core.port.ObjectStore;
import io.quorate.node.plugin.SharedLog;
import io.quorate.node.plugin.StartException;
import io.quorate.s3.aws.AwsObjectStore;
import io.quorate.s3.folder.FolderStore;
import io.quorate.s3.inspect.PrefixInspector;
import io.quorate.s3.inspect.PrefixReport;
import io.quorate.s3.inspect.StoreUnreadable;
import java.io.IOException;
import java.nio.file.Files;

/** The log in the configured store; opened without the probe, which would write. */
final class StoredLog implements SharedLog {
  private final StorePlace place;
  private final String prefix;

  StoredLog(StorePlace place, String prefix) {
    this.place = place;
    this.prefix = prefix;
  }

  @Override
  public Inspection inspect(GroupId group, long nowNanos) {
    try (ObjectStore store = open()) {
      PrefixReport report = PrefixInspector.inspect(store, prefix, group, nowNanos);
      return new Inspection(
          report.facts(), report.notes(), report.damage(), report.createdLastHour());
    } catch (StoreUnreadable | IOException | IllegalArgumentException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private ObjectStore open() throws IOException {
    return switch (place) {
      case StorePlace.Folder folder -> {
        if (!Files.isDirectory(folder.path())) {
          // To open it would make it.
          throw new IOException("there is no folder " + folder.path() + " to inspect");
        }
        yield FolderStore.open(folder.path());
      }
      case StorePlace.Bucket bucket -> AwsObjectStore.open(bucket.access());
    };
  }
}

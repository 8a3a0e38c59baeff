// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderStoreTest {
  @TempDir Path temporary;

  @Test
  void namesOfFilesTellTheirKeys() {
    Random random = new Random(11);
    List<String> keys = new ArrayList<>(List.of("a", "A", "a/b", "a//b", "/a", "a/", "..", "ä/ß"));
    for (int i = 0; i < 500; i++) {
      StringBuilder key = new StringBuilder();
      for (int c = random.nextInt(12); c >= 0; c--) {
        key.append("abAB/.%-_ ü".charAt(random.nextInt(11)));
      }
      keys.add(key.toString());
    }
    for (String key : keys) {
      List<String> names = KeyPaths.names(key);
      assertThat(names).allMatch(name -> name.matches("([a-z0-9_-]|%[0-9a-f]{2}|%)+(\\.object)?"));
      StringBuilder back = new StringBuilder();
      for (String name : names) {
        back.append(KeyPaths.decode(name.replace(KeyPaths.SUFFIX, "")));
        back.append(name.endsWith(KeyPaths.SUFFIX) ? "" : "/");
      }
      assertThat(back.toString()).isEqualTo(key);
    }
  }

  @Test
  void aKeyThatLeadsOutOfTheFolderDoesNot() throws IOException {
    Path inner = temporary.resolve("inner");
    try (FolderStore store = FolderStore.open(inner)) {
      assertThat(FolderProcess.call(store, new ObjectRequest.Put("../../../outside", new byte[1])))
          .isInstanceOf(ObjectResult.Stored.class);
    }
    try (Stream<Path> outside = Files.list(temporary)) {
      assertThat(outside).containsExactly(inner);
    }
  }

  @Test
  void aKeyThatIsTooLongForAFileNameIsRefused() throws IOException {
    try (FolderStore store = FolderStore.open(temporary)) {
      ObjectResult result =
          FolderProcess.call(store, new ObjectRequest.Put("x".repeat(300), new byte[1]));
      assertThat(result)
          .isInstanceOfSatisfying(
              ObjectResult.Refused.class,
              refused -> assertThat(refused.what()).contains("use a shorter prefix"));
    }
  }

  @Test
  void foldersGoWithTheirLastObject() throws IOException {
    try (FolderStore store = FolderStore.open(temporary)) {
      FolderProcess.call(store, new ObjectRequest.Put("snap/1/manifest", new byte[1]));
      FolderProcess.call(store, new ObjectRequest.Put("snap/1/part", new byte[1]));
      FolderProcess.call(store, new ObjectRequest.Put("snap/2/part", new byte[1]));
      FolderProcess.call(store, new ObjectRequest.Delete("snap/1/manifest"));
      FolderProcess.call(store, new ObjectRequest.Delete("snap/1/part"));
      assertThat(names(temporary.resolve("objects/snap"))).containsExactly("2");
      FolderProcess.call(store, new ObjectRequest.Delete("snap/2/part"));
      assertThat(names(temporary.resolve("objects"))).isEmpty();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  @Test
  void aFolderThatCannotBeOneIsNamed() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "not a folder");
    assertThatThrownBy(() -> FolderStore.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("name one that this process may write to");
  }
}

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.inspect;

/** The store gave no clear answer, however often it was asked. */
public final class StoreUnreadable extends Exception {
  private static final long serialVersionUID = 1L;

  StoreUnreadable(String message) {
    super(message);
  }
}

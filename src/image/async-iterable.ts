// SPDX-License-Identifier: Apache-2.0
// Media that have everything at hand answer contracts that are made for those that must wait.

/** What is at hand, for those who wait for it. The items are made when they are asked for. */
export function asyncIterableOf<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = items[Symbol.iterator]();
      return {
        next: () => Promise.resolve(iterator.next()),
        return: () => Promise.resolve(iterator.return?.() ?? { done: true, value: undefined }),
      };
    },
  };
}

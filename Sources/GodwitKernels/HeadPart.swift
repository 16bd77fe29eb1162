/// One task of a recurrence: a head of a batch entry, and a range of the columns of its state.
struct HeadPart {
  let batch: Int
  let head: Int
  let columns: Range<Int>

  /// Calls `body` for all heads on all threads, cutting the columns where there are too few heads to go round.
  ///
  /// - Parameters:
  ///   - columns: one number for each job that a head has; the jobs are independent.
  ///   - groups: hand several heads that lie side by side to one task.
  ///   - coarse: cut into few wide parts, one for each thread, where narrow ones are slow to read.
  static func forEach(
    batch: Int, heads: Int, columns: [Int], width: Int, groups: Bool = false, coarse: Bool = false,
    _ body: (_ job: Int, [HeadPart]) -> Void
  ) {
    guard batch * heads * columns.count > 0 else { return }
    let threads = Threads.count
    var group = 1
    if groups {
      for size in 2...max(heads, 2) where heads % size == 0 && size <= 8 {
        if batch * heads / size * columns.count >= 2 * threads { group = size }
      }
    }
    let tasks = batch * heads / group * columns.count
    var parts = 1
    if tasks % threads != 0, tasks < 4 * threads {
      let wanted = (4 * threads + tasks - 1) / tasks
      parts = coarse ? min(wanted, threads) : wanted
    }
    for count in columns { parts = min(parts, max(count / (2 * width), 1)) }
    parallelFor(tasks * parts) { index in
      let part = index % parts
      let job = index / parts % columns.count
      let first = index / parts / columns.count * group
      let count = columns[job]
      let panels = (count + 2 * width - 1) / (2 * width)
      let lower = panels * part / parts * 2 * width
      let upper = min(panels * (part + 1) / parts * 2 * width, count)
      body(
        job,
        (first..<first + group).map { HeadPart(batch: $0 / heads, head: $0 % heads, columns: lower..<upper) })
    }
  }
}

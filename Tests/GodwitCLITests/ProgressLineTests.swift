import GodwitCLI
import Testing

@Suite struct ProgressLineTests {
  private let line = ProgressLine(
    label: "train", done: 30, total: 120, detail: "loss 2.31", rate: 1.5, unitsPerStep: 8192, unit: "tokens")

  @Test func plainLineSaysEverything() {
    #expect(line.plain == "train 30/120 · loss 2.31 · 12,300 tokens/s · 1 min 00 s left")
  }

  @Test(arguments: [1, 20, 60, 80, 200]) func barFitsTheTerminal(columns: Int) {
    #expect(line.bar(columns: columns).count <= columns)
  }

  @Test func barIsAQuarterFull() {
    let bar = line.bar(columns: 200)
    #expect(bar.count { $0 == "█" } == 10)
    #expect(bar.count { $0 == "░" } == 30)
  }

  @Test func nothingIsClaimedBeforeTheFirstStep() {
    let line = ProgressLine(
      label: "train", done: 0, total: 120, detail: "", rate: 0, unitsPerStep: 1, unit: "steps")
    #expect(line.plain == "train 0/120")
  }
}

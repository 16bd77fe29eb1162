import Foundation
import Testing

@Suite struct BenchmarkCommandTests {
  @Test func aMeasurementHasTheFixedShape() throws {
    let run = try CommandRun("benchmark", "--filter", "^matmul/64x64x64/1$", "--seconds", "0.01", "--json", "--quiet")
    #expect(run.exitCode == 0)
    #expect(run.error.isEmpty)
    let objects = run.objects()
    try #require(objects.count == 1)
    let result = objects[0]
    #expect(
      Set(result.keys) == [
        "name", "medianSeconds", "minSeconds", "work", "unit", "floorSeconds", "fractionOfFloor", "threads",
        "repetitions", "reference", "speedup",
      ])
    #expect(result["name"] as? String == "matmul/64x64x64/1")
    #expect(result["unit"] as? String == "flop")
    #expect(result["work"] as? Double == 524_288.0)
    #expect(result["threads"] as? Int == 1)
    let median = try #require(result["medianSeconds"] as? Double)
    let least = try #require(result["minSeconds"] as? Double)
    let floor = try #require(result["floorSeconds"] as? Double)
    let fraction = try #require(result["fractionOfFloor"] as? Double)
    #expect(0 < least && least <= median)
    #expect(floor > 0)
    #expect(abs(fraction - floor / median) < 1e-9)
  }

  @Test func namesAreListed() throws {
    let run = try CommandRun("benchmark", "--list", "--filter", "attention/1x8x4096x64")
    #expect(run.exitCode == 0)
    #expect(run.lines.count == 4)
    #expect(run.lines.allSatisfy { $0.contains("attention/1x8x4096x64/forward") })
  }

  @Test(arguments: [
    (["--filter", "("], "not a regular expression"), (["--filter", "no such thing"], "--list"),
    (["--seconds", "0"], "--seconds 0"), (["--seconds", "nan"], "--seconds nan"), (["--threads", "0"], "--threads 0"),
    (["--threads", "many"], "many"),
  ]) func badOptionsAreWrongUsage(options: [String], explanation: String) throws {
    let run = try CommandRun(arguments: ["benchmark"] + options)
    #expect(run.exitCode == 64)
    #expect(run.output.isEmpty)
    #expect(run.error.hasPrefix("godwit: "))
    #expect(run.error.contains(explanation))
  }
}

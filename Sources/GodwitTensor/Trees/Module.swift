/// A value made of tensors: a layer, a model, a state, a gradient.
///
/// The one requirement names the parts in order. From it follow derivatives, optimisers, checkpoints and parameter
/// counts.
public protocol Module: Sendable {
  /// Presents every stored tensor, index array, packed array and module to `visitor`, always in the same order and under the
  /// same names.
  mutating func visit(_ visitor: inout some TensorVisitor)
}

/// Goes through the leaves of a module.
public protocol TensorVisitor {
  /// Meets a tensor; it may replace it by one of the same shape.
  mutating func visit(_ tensor: inout Tensor, role: ParameterRole)
  /// Meets whole numbers; it may replace them by others of the same shape.
  mutating func visit(_ indices: inout Indices)
  /// Meets stored numbers that are no tensor; it may replace them by others of the same shape and type.
  mutating func visit(_ array: inout PackedArray)
  /// Enters the part with this name.
  mutating func enter(_ name: String)
  /// Leaves the part entered last.
  mutating func leave()
}

extension TensorVisitor {
  /// Does nothing: most visitors are for tensors.
  public mutating func visit(_ indices: inout Indices) {}
  /// Does nothing: most visitors are for tensors.
  public mutating func visit(_ array: inout PackedArray) {}
  /// Does nothing: most visitors need no names.
  public mutating func enter(_ name: String) {}
  /// Does nothing: most visitors need no names.
  public mutating func leave() {}

  /// Visits a part of a module.
  public mutating func visit(_ name: String, _ part: inout some Module) {
    enter(name)
    part.visit(&self)
    leave()
  }

  /// Visits a tensor of a module, telling its role.
  public mutating func visit(_ name: String, _ tensor: inout Tensor, _ role: ParameterRole) {
    enter(name)
    visit(&tensor, role: role)
    leave()
  }
}

extension Tensor: Module {
  public mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit(&self, role: .weight) }
}

extension Indices: Module {
  public mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit(&self) }
}

extension PackedArray: Module {
  public mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit(&self) }
}

extension Array: Module where Element: Module {
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    for index in indices { visitor.visit(String(index), &self[index]) }
  }
}

extension Optional: Module where Wrapped: Module {
  public mutating func visit(_ visitor: inout some TensorVisitor) { self?.visit(&visitor) }
}

/// Two modules as one.
public struct Pair<First: Module, Second: Module>: Module {
  /// The one, visited first.
  public var first: First
  /// The other.
  public var second: Second

  /// Both as one.
  public init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("first", &first)
    visitor.visit("second", &second)
  }
}

/// A module without leaves.
public struct Empty: Module {
  /// The only value.
  public init() {}
  public mutating func visit(_ visitor: inout some TensorVisitor) {}
}

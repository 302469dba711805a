using TorchSharp.Modules;

namespace FlGlm.Core.Peft;

/// <summary>A trainable tensor with its name, the same on all sides, in files and in frames.</summary>
public sealed record NamedParameter(string Name, Parameter Value);

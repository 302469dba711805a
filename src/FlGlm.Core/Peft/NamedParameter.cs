using TorchSharp.Modules;

namespace FlGlm.Core.Peft;

/// <summary>A trainable tensor under the name that every side, file and frame uses for it.</summary>
public sealed record NamedParameter(string Name, Parameter Value);

using System.Runtime.Serialization;

namespace FlGlm.Core.Planning;

/// <summary>Which optimizer; semantics of torch.optim.</summary>
public enum OptimizerName
{
    Adam,

    [EnumMember(Value = "adamw")]
    AdamW,
}

using System.Runtime.Serialization;

namespace FlGlm.Core.Configuration;

/// <summary>Which optimizer; semantics of torch.optim.</summary>
public enum OptimizerName
{
    Adam,

    [EnumMember(Value = "adamw")]
    AdamW,
}

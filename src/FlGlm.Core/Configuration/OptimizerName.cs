using System.Runtime.Serialization;

namespace FlGlm.Core.Configuration;

/// <summary>Which optimizer; semantics of torch.optim.</summary>
public enum OptimizerName
{
    /// <summary>Adam; weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>AdamW; weight decay acts on the weights, apart from the gradient.</summary>
    [EnumMember(Value = "adamw")]
    AdamW,

    /// <summary>Stochastic gradient descent with momentum; weight decay is added to the gradient.</summary>
    Sgd,
}

namespace FlGlm.Core.Configuration;

/// <summary>How client-batch computes the rows of several clients.</summary>
public enum BatchProducts
{
    /// <summary>Linear products run on the real tokens of all, as the paper stacks them; a neighbour moves a client's values in their last digits.</summary>
    Joined,

    /// <summary>A pass for each client, and their gradients are added: a neighbour moves no bit.</summary>
    Apart,
}

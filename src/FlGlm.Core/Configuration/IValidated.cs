namespace FlGlm.Core.Configuration;

/// <summary>A settings record that knows what is wrong with itself.</summary>
public interface IValidated
{
    /// <summary>Every problem, keys relative to this record (<c>rank</c>, not <c>peft.lora.rank</c>).</summary>
    IEnumerable<Problem> Validate();
}

namespace FlGlm.Core.Configuration;

/// <summary>A settings record that can validate itself.</summary>
public interface IValidated
{
    /// <summary>Every problem, keys relative to this record (<c>rank</c>, not <c>peft.lora.rank</c>).</summary>
    IEnumerable<Problem> Validate();
}

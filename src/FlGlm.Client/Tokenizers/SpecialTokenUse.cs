namespace FlGlm.Client.Tokenizers;

/// <summary>What becomes of a special token, such as <c>&lt;s&gt;</c>, that is spelled out in a text.</summary>
public enum SpecialTokenUse
{
    /// <summary>It is text like any other, as SentencePiece has it: nobody can write a mark into a text.</summary>
    Text,

    /// <summary>It becomes its id, as with Hugging Face's tokenizers.</summary>
    Parse,

    /// <summary>A text that spells one is refused.</summary>
    Refuse,
}
